import { connect } from "node:net";
import { AnswerParser } from "#load/answer-parser.ts";
import type { CostRequest, RequestKind } from "./request-kinds.ts";

/**
 * How requests are sent. *Serial*: each when the one before is answered. *Together*: all in one
 * segment of one connection, so that the gateway reads them in one turn of its event loop. How many
 * of them it joins is then no matter of time.
 */
export const MODES = ["serial", "together"] as const;

/** One of {@link MODES}. */
export type Mode = (typeof MODES)[number];

const DEGRADED = '"degraded"';

/** Requests of a kind, and how they are sent. */
export interface Replay {
  readonly kind: RequestKind;
  readonly mode: Mode;
  /** Begins the request id of each. */
  readonly requestId: string;
  /** For all answers. */
  readonly deadlineMs?: number;
}

/** Far above what a slow machine needs: this is an answer that does not come. */
const DEADLINE_MS_DEFAULT = 60_000;

/**
 * Sends the requests of a replay on a new connection. Throws if an answer is not as expected, not
 * whole, or does not come by the deadline.
 */
export async function replay(
  url: string,
  { kind, mode, requestId, deadlineMs = DEADLINE_MS_DEFAULT }: Replay,
): Promise<void> {
  const requests = Array.from({ length: kind.requests }, () => kind.next());
  const texts = requests.map((request, index) => textOf(request, `${requestId}-${index}`));
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let answered = 0;
  const outcome = Promise.withResolvers<void>();
  const parser = new AnswerParser((status, body) => {
    const expected = requests[answered++]?.status;
    if (status !== expected || body.includes(DEGRADED)) {
      const what = `${kind.name}: status ${status} and not ${expected}`;
      outcome.reject(new Error(`${what}: ${body.slice(0, 300)}`));
    } else if (answered === requests.length) {
      outcome.resolve();
    } else if (mode === "serial") {
      socket.write(texts[answered] ?? "");
    }
  });
  parser.keepBody = true;
  socket.on("connect", () => socket.write(mode === "serial" ? (texts[0] ?? "") : texts.join("")));
  socket.on("data", (bytes: Buffer) => {
    try {
      parser.push(bytes);
    } catch (error) {
      outcome.reject(error);
    }
  });
  socket.on("error", (error) => outcome.reject(error));
  socket.on("close", () => outcome.reject(new Error(`${kind.name}: the connection was closed`)));
  const timer = setTimeout(() => {
    const what = `${answered} of ${requests.length} were answered within ${deadlineMs} ms`;
    outcome.reject(new Error(`${kind.name}: ${what}`));
  }, deadlineMs);
  try {
    await outcome.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function textOf({ method, path, headers, body }: CostRequest, requestId: string): string {
  const lines = Object.entries({
    host: "bench",
    "x-request-id": requestId,
    ...headers,
    ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}
