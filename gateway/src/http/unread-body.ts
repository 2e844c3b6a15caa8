import type { FastifyReply, FastifyRequest } from "fastify";

/** What a client may still send after it was refused, in bytes. One that goes on is cut off. */
const DRAIN_BYTES_MAX = 64 * 1024 * 1024;
/** How long it may take to. */
const DRAIN_MS_MAX = 20_000;

/**
 * Reads and drops what is left of a request's body once it is answered. A connection that is closed
 * with unread bytes is reset, and the client, still sending, would never see why it was refused.
 */
export function dropUnreadBody(request: FastifyRequest, reply: FastifyReply): void {
  const { raw, headers } = request;
  const length = headers["content-length"] ?? "0";
  const hasBody = length !== "0" || headers["transfer-encoding"] !== undefined;
  if (!hasBody || raw.readableEnded || raw.destroyed) return;
  // fastify asks to close for what it did not read; closing is what would lose the answer.
  if (reply.getHeader("connection") === "close") reply.removeHeader("connection");

  let left = DRAIN_BYTES_MAX;
  const cutOff = setTimeout(() => raw.socket.destroy(), DRAIN_MS_MAX).unref();
  raw.unpipe();
  raw.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) raw.socket.destroy();
  });
  raw.once("close", () => clearTimeout(cutOff));
  // A client that breaks off now has nothing more to hear.
  raw.on("error", () => undefined);
  raw.resume();
}
