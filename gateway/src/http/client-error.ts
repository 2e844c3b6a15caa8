import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newRequestId } from "@triptych/chassis/ids/request-id";
import type { ProblemCode } from "#problems/codes.ts";
import { Problem } from "#problems/problem.ts";
import { PROBLEM_CONTENT_TYPE, problemBody } from "#problems/send-problem.ts";

/** The problems of the errors that Node's HTTP parser reports. */
const PARSER_CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

/**
 * Answers bytes that never become a request, since they are not HTTP, too large or too slow, and
 * closes the connection.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(PARSER_CODES[error.code ?? ""] ?? "BAD_REQUEST");
  const requestId = newRequestId();
  const body = JSON.stringify(problemBody(problem, requestId));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
