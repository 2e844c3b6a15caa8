import type { FastifyReply, FastifyRequest } from "fastify";

/** The bytes that a refused client may still send. Beyond them its connection is closed. */
const DRAIN_BYTES_MAX = 64 * 1024 * 1024;
/** The time that it has for them. */
const DRAIN_MS_MAX = 20_000;

/**
 * Reads and drops the rest of a request's body once the request is answered. A connection that is
 * closed with unread bytes is reset: the client, still sending, would never read why it was
 * refused.
 */
export function dropUnreadBody(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  if (!hasBody(request) || raw.readableEnded || raw.destroyed) return;
  // fastify closes the connection of an unread body, which would lose the answer.
  if (reply.getHeader("connection") === "close") reply.removeHeader("connection");

  let left = DRAIN_BYTES_MAX;
  const cutOff = setTimeout(() => raw.socket.destroy(), DRAIN_MS_MAX).unref();
  raw.unpipe();
  raw.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) raw.socket.destroy();
  });
  raw.once("close", () => clearTimeout(cutOff));
  // A client that breaks off now needs no more answer.
  raw.on("error", () => undefined);
  raw.resume();
}

/** Whether a request's head announces a body. */
export function hasBody({ headers }: Pick<FastifyRequest, "headers">): boolean {
  const length = headers["content-length"] ?? "0";
  return length !== "0" || headers["transfer-encoding"] !== undefined;
}
