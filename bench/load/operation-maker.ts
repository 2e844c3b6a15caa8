import type { Body, Operation, RequestTemplate } from "./load-order.ts";
import { type Random, uniform, zipf } from "./random.ts";

const VALUE = "{value}";
const VARIED_LETTERS = 16;
/** Above this a body is sent as bytes behind the head, and below together with it as one text. */
const INLINE_BYTES_MAX = 64 * 1024;

/** The bytes of a request: its head, with a small body, and a large body. */
export interface MadeRequest {
  readonly text: string;
  readonly body?: Buffer;
}

/** Creates the requests of an operation: all parts that never change are prepared. */
export class OperationMaker {
  readonly operation: Operation;
  readonly steps: readonly StepMaker[];
  readonly #pickValue: () => number;
  readonly #pickToken: () => number;

  constructor(operation: Operation, host: string, random: Random) {
    this.operation = operation;
    const { values, tokens = [], distribution } = operation;
    this.#pickValue =
      distribution === "zipf" ? zipf(values.length, random) : uniform(values.length, random);
    this.#pickToken = uniform(tokens.length, random);
    this.steps = operation.steps.map((step) => new StepMaker(step, host, random));
  }

  /** Picks what `{value}` stands for. */
  value(): string {
    return this.operation.values[this.#pickValue()] ?? "";
  }

  /** Picks a user's header, or none. */
  authorization(): string {
    const token = this.operation.tokens?.[this.#pickToken()];
    return token === undefined ? "" : `Authorization: Bearer ${token}\r\n`;
  }
}

/** Creates one request of an operation. */
export class StepMaker {
  readonly template: RequestTemplate;
  readonly #before: string;
  readonly #after: string;
  readonly #bodies: readonly PreparedBody[];
  readonly #pickBody: () => number;
  #made = 0;

  constructor(template: RequestTemplate, host: string, random: Random) {
    this.template = template;
    const [before = "", after = ""] = template.path.split(VALUE);
    this.#before = `${template.method} ${before}`;
    this.#after = `${after} HTTP/1.1\r\nHost: ${host}\r\n`;
    this.#bodies = (template.bodies ?? []).map(prepare);
    this.#pickBody = uniform(this.#bodies.length, random);
  }

  make(value: string, authorization: string): MadeRequest {
    const head = this.#before + value + this.#after + authorization;
    const body = this.#bodies[this.#pickBody()];
    if (body === undefined) return { text: `${head}\r\n` };
    const text = head + body.text;
    return body.bytes === undefined
      ? { text }
      : { text, body: this.#vary(body.bytes, body.varyAt) };
  }

  #vary(bytes: Buffer, at: number | undefined): Buffer {
    if (at === undefined) return bytes;
    this.#made += 1;
    const letters = `${process.pid.toString(36)}-${Date.now().toString(36)}-${this.#made.toString(36)}`;
    const varied = Buffer.from(bytes); // others of it may still be on their way
    varied.write(letters.slice(-VARIED_LETTERS).padStart(VARIED_LETTERS, "0"), at, "latin1");
    return varied;
  }
}

interface PreparedBody {
  readonly text: string;
  readonly bytes?: Buffer;
  readonly varyAt?: number;
}

function prepare({ contentType, bytes, varyAt }: Body): PreparedBody {
  const head = `Content-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  const buffer = Buffer.from(bytes);
  if (bytes.length > INLINE_BYTES_MAX || varyAt !== undefined)
    return { text: head, bytes: buffer, varyAt };
  return { text: head + buffer.toString("latin1") };
}
