import type { IncomingMessage, Server } from "node:http";
import { Problem } from "#problems/problem.ts";

const HOST = "host";

/**
 * Refuses what Node's parser takes and RFC 9112 does not: a request line without a version, which
 * is HTTP/0.9, or with one that is not HTTP/1.0 or HTTP/1.1, and HTTP/1.1 without exactly one
 * `Host`.
 */
export function checkHttp({ httpVersion, rawHeaders }: IncomingMessage): void {
  if (httpVersion !== "1.1" && httpVersion !== "1.0") throw new Problem("BAD_REQUEST");
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === HOST.length && name.toLowerCase() === HOST) hosts += 1;
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) {
    const detail = "Send the request with one Host header.";
    throw new Problem("BAD_REQUEST", { detail });
  }
}

/**
 * Answers a request with an unknown `Expect` as one without it (RFC 9110, 10.1.1). Node answers it
 * by a 417 of its own otherwise, without the headers that every answer has.
 */
export function answerExpectations(server: Server): void {
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
}
