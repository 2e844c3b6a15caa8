import { BlobMissing } from "#domain/blob-store.ts";

/**
 * The chunks of a content of known length. A store may lose bytes while they are read, which looks
 * like an early end: then the reader gets an error, and not an end.
 */
export class WholeContent implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #onMissing: (cause: BlobMissing) => Error;
  #left: number;

  /** `onMissing` turns the loss into the error that the reader gets. */
  constructor(
    chunks: AsyncIterable<Uint8Array>,
    length: number,
    onMissing: (cause: BlobMissing) => Error,
  ) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#left = length;
    this.#onMissing = onMissing;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const next = await this.#chunks.next();
    if (!next.done) this.#left -= next.value.length;
    else if (this.#left > 0) {
      throw this.#onMissing(new BlobMissing(`the last ${this.#left} bytes are missing`));
    }
    return next;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#chunks.return?.();
    return { done: true, value: undefined };
  }
}
