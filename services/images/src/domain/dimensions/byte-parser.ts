/** What a parser needs next. */
interface Need {
  readonly bytes: number;
  /** Whether the parser looks at them; else they are passed over, and not held in memory. */
  readonly isRead: boolean;
}

/** A parser of a file that arrives in chunks, written as if all bytes were there: a coroutine. */
export type ByteParser<Result> = Generator<Need, Result, Buffer>;

/** Returns the next bytes. The caller bounds how many. */
export function* take(bytes: number): ByteParser<Buffer> {
  return yield { bytes, isRead: true };
}

/** Passes over the next bytes. */
export function* skip(bytes: number): ByteParser<void> {
  yield { bytes, isRead: false };
}

/** Feeds a parser with chunks of any size. */
export class ParserDriver<Result> {
  readonly #parser: ByteParser<Result>;
  #state: IteratorResult<Need, Result>;
  /** The bytes of the current need so far. */
  #gathered: Buffer = Buffer.alloc(0);
  #got = 0;

  constructor(parser: ByteParser<Result>) {
    this.#parser = parser;
    this.#state = parser.next();
    this.#begin();
  }

  /** The result; undefined until the parser has ended. */
  get result(): Result | undefined {
    return this.#state.done ? this.#state.value : undefined;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (!this.#state.done) {
      const { bytes, isRead } = this.#state.value;
      const part = chunk.subarray(at, at + bytes - this.#got);
      if (isRead) part.copy(this.#gathered, this.#got);
      at += part.length;
      this.#got += part.length;
      if (this.#got < bytes) return;
      this.#state = this.#parser.next(this.#gathered);
      this.#begin();
    }
  }

  #begin(): void {
    this.#got = 0;
    const isRead = !this.#state.done && this.#state.value.isRead;
    this.#gathered = Buffer.alloc(isRead && !this.#state.done ? this.#state.value.bytes : 0);
  }
}
