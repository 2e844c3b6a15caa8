import { once } from "node:events";
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
}

/**
 * Sends the requests of a replay on a new connection. Throws if an answer is not as expected, or
 * not whole.
 */
export async function replay(url: string, { kind, mode, requestId }: Replay): Promise<void> {
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
  socket.on("data", (bytes: Buffer) => parser.push(bytes));
  socket.on("error", (error) => outcome.reject(error));
  socket.on("close", () => outcome.reject(new Error(`${kind.name}: the connection was closed`)));
  try {
    await once(socket, "connect");
    socket.write(mode === "serial" ? (texts[0] ?? "") : texts.join(""));
    await outcome.promise;
  } finally {
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
