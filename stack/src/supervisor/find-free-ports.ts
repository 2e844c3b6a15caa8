import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { errorCode } from "#errors/error-code.ts";
import { StackError } from "#errors/stack-error.ts";

/** The stack listens on this machine only. */
export const HOST = "127.0.0.1";

/**
 * Below the ports that Linux (from 32768) and macOS (from 49152) use for outgoing connections. A
 * client that dials a stopped service again and again would in time get the service's port as its
 * own, and connect to itself.
 */
const PORT_MIN = 10_240;
const PORT_MAX = 32_767;
const TRIES_MAX = 1_000;

/** Finds `count` different free ports on 127.0.0.1. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries++) {
      if (tries > TRIES_MAX) throw new StackError(`There are no ${count} free ports on ${HOST}.`);
      const port = randomInt(PORT_MIN, PORT_MAX + 1);
      const server = await listen(port).catch(() => undefined);
      if (server !== undefined) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map(release));
  }
}

/** Throws StackError unless the gateway may listen on this port. */
export async function checkPortIsFree(port: number): Promise<void> {
  try {
    await release(await listen(port));
  } catch (cause) {
    const code = errorCode(cause);
    const reason = code === "EADDRINUSE" ? "is in use" : `cannot be used (${code})`;
    throw new StackError(`Port ${port} ${reason}: set PORT to another one.`, { cause });
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  const listening = once(server, "listening"); // rejects on an error
  server.listen({ host: HOST, port, exclusive: true });
  await listening;
  return server;
}

async function release(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await closed;
}
