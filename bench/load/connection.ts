import { connect, type Socket } from "node:net";
import { AnswerParser, type OnAnswer } from "./answer-parser.ts";
import type { MadeRequest } from "./operation-maker.ts";

const READ_BYTES = 256 * 1024;
/**
 * All sockets read into the same bytes: an answer is parsed before the next read. Fewer objects for
 * each read than with streams.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES);
/** The status of a request whose connection was lost. */
export const LOST = 0;

/**
 * A keep-alive connection with one request at a time. It is opened when it is needed, again after
 * it was lost.
 */
export class Connection {
  readonly #port: number;
  readonly #host: string;
  #socket: Socket | undefined;
  #parser = new AnswerParser(() => {});
  #waiting: OnAnswer | undefined;
  #bytesBefore = 0;

  constructor(url: URL) {
    this.#port = Number(url.port);
    this.#host = url.hostname;
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** The bytes that were received so far. */
  get bytes(): number {
    return this.#bytesBefore + this.#parser.bytes;
  }

  /** Sends a request. The answer has the status `LOST` if the connection ends before. */
  send(request: MadeRequest, keepBody: boolean, onAnswer: OnAnswer): void {
    this.#waiting = onAnswer;
    const socket = this.#socket ?? this.#open();
    this.#parser.keepBody = keepBody;
    if (request.body === undefined) {
      socket.write(request.text, "latin1");
    } else {
      socket.cork();
      socket.write(request.text, "latin1");
      socket.write(request.body);
      socket.uncork();
    }
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    this.#bytesBefore += this.#parser.bytes;
    const parser = new AnswerParser((status, body) => this.#answer(status, body));
    this.#parser = parser;
    const socket = connect({
      port: this.#port,
      host: this.#host,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (size) => {
          this.#read(socket, parser, size);
          return true;
        },
      },
    });
    socket.on("error", () => this.#lose(socket));
    socket.on("end", () => this.#lose(socket));
    socket.on("close", () => this.#lose(socket));
    this.#socket = socket;
    return socket;
  }

  #read(socket: Socket, parser: AnswerParser, size: number): void {
    try {
      parser.push(READ_BUFFER.subarray(0, size));
    } catch {
      this.#lose(socket); // it does not speak HTTP: nothing more can be read from it
    }
  }

  #answer(status: number, body: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(status, body);
  }

  #lose(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    socket.destroy();
    this.#answer(LOST, "");
  }
}
