import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientShareOf, FairSemaphore } from "@triptych/chassis/concurrency/fair-semaphore";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import type { FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { addressKeyOf } from "./address-key.ts";

/** The limits of a server's connections. */
export interface ConnectionLimits {
  /** How many may be open at once. One address may have a quarter of them. */
  readonly connectionsMax: number;
  /**
   * Whether all connections come from proxies. They have no share then: each carries many clients.
   */
  readonly trustProxy: boolean;
}

/** A connection beyond the limit has this long to send a request and to read why it is refused. */
const REFUSAL_MS_MAX = 2_000;
/** More such connections than this at once are closed without an answer. */
const REFUSALS_MAX = 64;
/** Probes must not find a process dead because it has many clients. */
const PROBES: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

const PROBLEM_CODES = {
  "over-share": "TOO_MANY_CONNECTIONS",
  overloaded: "OVERLOADED",
} as const;

/**
 * Limits the connections of a server, in all and by address. Returns a check that throws
 * TOO_MANY_CONNECTIONS or OVERLOADED for a request on a connection beyond the limit: such a
 * connection is accepted for a moment, so that its client can read why.
 */
export function limitConnections(
  server: Server,
  { connectionsMax, trustProxy }: ConnectionLimits,
  metrics: Metrics,
): (request: FastifyRequest) => void {
  const permits = new FairSemaphore({
    permits: connectionsMax,
    permitsPerKey: trustProxy ? Number.POSITIVE_INFINITY : clientShareOf(connectionsMax),
    queueMax: 0,
  });
  const places = metrics.watchPlaces("connections", permits);
  const refused = new WeakMap<Socket, keyof typeof PROBLEM_CODES>();
  let refusals = 0;

  server.on("connection", (socket: Socket) => {
    const key = addressKeyOf(socket.remoteAddress ?? "");
    const outcome = permits.tryAcquire(key);
    if (outcome === "permitted") {
      socket.once("close", () => permits.release(key));
      return;
    }
    places.countRefused(outcome);
    if (refusals >= REFUSALS_MAX) {
      socket.destroy();
      return;
    }
    refusals += 1;
    refused.set(socket, outcome);
    const cutOff = setTimeout(() => socket.destroy(), REFUSAL_MS_MAX).unref();
    socket.once("close", () => {
      clearTimeout(cutOff);
      refusals -= 1;
    });
  });

  return function checkConnection({ raw, state }) {
    const outcome = refusals === 0 ? undefined : refused.get(raw.socket);
    if (outcome === undefined || PROBES.has(state.config.meter?.route ?? "")) return;
    throw new Problem(PROBLEM_CODES[outcome], { headers: { connection: "close" } });
  };
}
