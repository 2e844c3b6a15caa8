import type { Readable } from "node:stream";
import type { IdleTimeout } from "./idle-timeout.ts";
import { toBlobStoreError } from "./s3-error.ts";

/** The contract's most of a chunk. */
const CHUNK_BYTES_MAX = 64 * 1024;

/**
 * Reads an answer's body in chunks of at most 64 KiB. Whoever stops early returns, also before the
 * first chunk, and the connection is closed. How long the reader takes is its own affair; a store
 * that does not send what is waited for is given up.
 */
export class S3Body implements AsyncIterableIterator<Uint8Array> {
  readonly #body: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #idle: IdleTimeout;
  readonly #key: string;
  #rest: Uint8Array = new Uint8Array();

  constructor(body: Readable, key: string, idle: IdleTimeout) {
    this.#body = body;
    this.#chunks = body[Symbol.asyncIterator]();
    this.#idle = idle;
    this.#key = key;
    // A connection that breaks while nobody reads is told to the next who does.
    body.on("error", () => {});
    idle.pause();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#rest.length === 0) {
      const next = await this.#receive();
      if (next.done) return { done: true, value: undefined };
      this.#rest = next.value;
    }
    const value = this.#rest.subarray(0, CHUNK_BYTES_MAX);
    this.#rest = this.#rest.subarray(CHUNK_BYTES_MAX);
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#body.destroy();
    this.#idle[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  async #receive(): Promise<IteratorResult<Uint8Array>> {
    this.#idle.restart();
    try {
      return await this.#chunks.next();
    } catch (error) {
      const { aborted, reason } = this.#idle.signal;
      throw toBlobStoreError(aborted ? reason : error, "GetObject", this.#key);
    } finally {
      this.#idle.pause();
    }
  }
}
