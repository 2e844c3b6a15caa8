import type { Readable } from "node:stream";
import type { IdleTimeout } from "./idle-timeout.ts";
import { toBlobStoreError } from "./s3-error.ts";

/** The contract's limit of a chunk. */
const CHUNK_BYTES_MAX = 64 * 1024;

/**
 * Reads a response's body in chunks of at most 64 KiB. A reader that stops early, also before the
 * first chunk, calls `return`, which closes the connection. The idle timeout covers the store, not
 * the reader, which may take as long as it likes.
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
    // A connection that breaks between two reads fails the next read.
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
