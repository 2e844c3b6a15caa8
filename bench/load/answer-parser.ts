const HEAD_END = Buffer.from("\r\n\r\n");
const HEAD_BYTES_MAX = 64 * 1024;
const CHUNK_LINE_BYTES_MAX = 1024;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding:[ \t]*chunked/i;
const EMPTY = Buffer.alloc(0);

/** Receives a whole answer. The body is empty unless `keepBody` was set. */
export type OnAnswer = (status: number, body: string) => void;

type Place = "head" | "body" | "chunk size" | "chunk" | "chunk end" | "trailer";

/**
 * A parser of the answers of one HTTP/1.1 connection. It knows what a load generator needs: the
 * status, and where an answer ends by its Content-Length or its last chunk. It copies nothing of an
 * answer that arrives in one piece.
 */
export class AnswerParser {
  /** Whether the body of the next answers is collected, and not only skipped. */
  keepBody = false;
  /** All bytes so far. */
  bytes = 0;
  readonly #onAnswer: OnAnswer;
  #place: Place = "head";
  #rest: Buffer = EMPTY;
  #status = 0;
  #left = 0;
  #body: string[] = [];

  constructor(onAnswer: OnAnswer) {
    this.#onAnswer = onAnswer;
  }

  /** Takes what has arrived. The buffer may be reused afterwards. Throws if it is not HTTP. */
  push(arrived: Buffer): void {
    this.bytes += arrived.length;
    const data = this.#rest.length === 0 ? arrived : Buffer.concat([this.#rest, arrived]);
    let offset = 0;
    for (;;) {
      const next = this.#step(data, offset);
      if (next === undefined) break;
      offset = next;
    }
    // A copy: the buffer is the socket's, which reads the next bytes into it.
    this.#rest = offset === data.length ? EMPTY : Buffer.from(data.subarray(offset));
  }

  /** Returns where to go on, or undefined if more bytes are needed. */
  #step(data: Buffer, offset: number): number | undefined {
    switch (this.#place) {
      case "head":
        return this.#head(data, offset);
      case "body":
      case "chunk":
        return this.#bytes(data, offset);
      case "chunk size":
        return this.#chunkSize(data, offset);
      case "chunk end":
        return this.#skipLine(data, offset, () => this.#goTo("chunk size"));
      case "trailer":
        return this.#trailer(data, offset);
    }
  }

  #head(data: Buffer, offset: number): number | undefined {
    const end = data.indexOf(HEAD_END, offset);
    if (end < 0) {
      if (data.length - offset > HEAD_BYTES_MAX)
        throw new Error("the head of an answer is endless");
      return undefined;
    }
    const head = data.toString("latin1", offset, end);
    const status = STATUS_LINE.exec(head)?.[1];
    if (status === undefined) throw new Error(`this is not HTTP: ${head.slice(0, 80)}`);
    this.#status = Number(status);
    this.#begin(head);
    return end + HEAD_END.length;
  }

  #begin(head: string): void {
    if (this.#status < 200) return; // informational: the answer itself follows
    if (this.#status === 204 || this.#status === 304) {
      this.#end();
    } else if (CHUNKED.test(head)) {
      this.#goTo("chunk size");
    } else {
      const length = CONTENT_LENGTH.exec(head)?.[1];
      if (length === undefined) throw new Error("an answer has no length");
      this.#left = Number(length);
      if (this.#left === 0) this.#end();
      else this.#goTo("body");
    }
  }

  #bytes(data: Buffer, offset: number): number | undefined {
    const taken = Math.min(this.#left, data.length - offset);
    if (taken === 0) return undefined;
    if (this.keepBody) this.#body.push(data.toString("latin1", offset, offset + taken));
    this.#left -= taken;
    if (this.#left === 0) {
      if (this.#place === "body") this.#end();
      else this.#goTo("chunk end");
    }
    return offset + taken;
  }

  #chunkSize(data: Buffer, offset: number): number | undefined {
    const end = data.indexOf("\r\n", offset, "latin1");
    if (end < 0) {
      if (data.length - offset > CHUNK_LINE_BYTES_MAX) throw new Error("a chunk has no size");
      return undefined;
    }
    const size = Number.parseInt(data.toString("latin1", offset, end), 16);
    if (Number.isNaN(size)) throw new Error("the size of a chunk is no number");
    this.#left = size;
    this.#goTo(size === 0 ? "trailer" : "chunk");
    return end + 2;
  }

  #trailer(data: Buffer, offset: number): number | undefined {
    const last = data.indexOf("\r\n", offset, "latin1") === offset;
    return this.#skipLine(data, offset, () => (last ? this.#end() : this.#goTo("trailer")));
  }

  #skipLine(data: Buffer, offset: number, then: () => void): number | undefined {
    const end = data.indexOf("\r\n", offset, "latin1");
    if (end < 0) return undefined;
    then();
    return end + 2;
  }

  #goTo(place: Place): void {
    this.#place = place;
  }

  #end(): void {
    const body =
      this.#body.length === 0 ? "" : Buffer.from(this.#body.join(""), "latin1").toString();
    if (this.#body.length > 0) this.#body = [];
    this.#place = "head";
    this.#onAnswer(this.#status, body);
  }
}
