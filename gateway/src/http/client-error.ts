import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newRequestId } from "@triptych/chassis/ids/request-id";
import type { ProblemCode } from "#problems/codes.ts";
import { Problem } from "#problems/problem.ts";
import { PROBLEM_CONTENT_TYPE, problemBody } from "#problems/send-problem.ts";
import type { AnswerHeaders } from "./answer-headers.ts";

/** The problems of the errors that Node's HTTP parser reports. */
const PARSER_CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};
const ORIGIN = /^origin:[ \t]*(\S+)[ \t]*\r?$/im;

/** An error of Node's HTTP parser. */
export interface ParserError extends Error {
  readonly code?: string;
  /** The bytes that it read last, in a Buffer. */
  readonly rawPacket?: unknown;
}

/** Answers bytes that never become a request. */
export interface ClientErrors {
  /**
   * Remembers the origin of a connection's request, for the answer to a body that is not HTTP or
   * comes too slowly.
   */
  remember(socket: Socket, origin: string | undefined): void;
  /** Answers what is not HTTP, too large or too slow, and closes the connection. */
  answer(error: ParserError, socket: Socket): void;
}

/** Creates the answers with these headers. */
export function createClientErrors(answerHeaders: AnswerHeaders): ClientErrors {
  const origins = new WeakMap<Socket, string>();
  return {
    remember(socket, origin) {
      if (origin !== undefined) origins.set(socket, origin);
    },
    answer(error, socket) {
      if (error.code === "ECONNRESET" || !socket.writable) {
        socket.destroy();
        return;
      }
      const problem = new Problem(PARSER_CODES[error.code ?? ""] ?? "BAD_REQUEST");
      const origin = originIn(error.rawPacket) ?? origins.get(socket);
      socket.end(toAnswer(problem, answerHeaders.of(origin)));
    },
  };
}

/** Finds the origin in a request that could not be parsed. */
function originIn(packet: unknown): string | undefined {
  return Buffer.isBuffer(packet) ? ORIGIN.exec(packet.toString("latin1"))?.[1] : undefined;
}

function toAnswer(problem: Problem, answerHeaders: Readonly<Record<string, string>>): string {
  const requestId = newRequestId();
  const body = JSON.stringify(problemBody(problem, requestId));
  const headers = {
    ...answerHeaders,
    "content-type": PROBLEM_CONTENT_TYPE,
    "content-length": Buffer.byteLength(body),
    "x-request-id": requestId,
    "cache-control": "no-store",
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const reason = STATUS_CODES[problem.status] ?? "";
  return `HTTP/1.1 ${problem.status} ${reason}\r\n${lines.join("")}\r\n${body}`;
}
