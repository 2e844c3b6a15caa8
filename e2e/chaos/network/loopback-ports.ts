import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Below the ports that systems use for outgoing connections. A client that dials a stopped process
 * would in time get that port as its own, and connect to itself.
 */
const PORT_MIN = 10_240;
const PORT_MAX = 32_767;
const TRIES_MAX = 1_000;

/** Everything here listens on this machine only. */
export const HOST = "127.0.0.1";

/** Finds `count` different free ports on 127.0.0.1. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries++) {
      if (tries > TRIES_MAX) throw new Error(`there are no ${count} free ports on ${HOST}`);
      const server = createServer();
      const port = randomInt(PORT_MIN, PORT_MAX + 1);
      const listening = once(server, "listening");
      server.listen({ host: HOST, port, exclusive: true });
      const isFree = await listening.then(
        () => true,
        () => false, // in use: another is tried
      );
      if (isFree) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map((server) => server[Symbol.asyncDispose]()));
  }
}
