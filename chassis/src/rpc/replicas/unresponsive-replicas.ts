import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { isIPv6 } from "node:net";

/** Where Node tells of each call that is sent. */
const STREAM_CREATED = "http2.client.stream.created";
/**
 * Between an answer and the next question, in milliseconds: with `SILENCE_MS` below every hedge, so
 * that no second try goes where the first one hangs. A ping costs 34 µs here and 15 µs there
 * (measured: 100 connections, 1,000 pings a second).
 */
const PING_INTERVAL_MS = 100;
/**
 * Whoever takes longer than this for a ping, in milliseconds, which waits behind nothing, can do no
 * other work either.
 */
const SILENCE_MS = 100;

const watched = new WeakSet<ClientHttp2Session>();
const silent = new Set<string>();
let isSubscribed = false;

/** The addresses of each transport's replicas, as its balancer was told them last. */
const replicas = new Map<string, readonly string[]>();

/** Remembers the addresses of a transport's replicas. */
export function noteReplicas(transportId: string, addresses: readonly string[]): void {
  replicas.set(transportId, addresses);
}

/** Forgets a transport that is closed. */
export function forgetReplicas(transportId: string): void {
  replicas.delete(transportId);
}

/** Whether all replicas of a transport owe an answer to a ping. */
export function areAllSilent(transportId: string): boolean {
  const addresses = replicas.get(transportId) ?? [];
  return addresses.length > 0 && addresses.every(isSilent);
}

/**
 * Whether the replica at an address (`host:port`, an IPv6 host in brackets) owes an answer to a
 * ping.
 */
export function isSilent(address: string): boolean {
  return silent.has(address);
}

/**
 * Pings replicas all the time. So one that hangs as a whole is known within a fifth of a second,
 * and is passed over until it answers. Its connection is kept, and so are its calls, which end by
 * their hedges and deadlines: grpc-js' keepalive, which would find the same after 13 s, cuts off
 * what a replica that was only busy would still have answered. Our servers take as many pings as
 * come; gRPC's own, in other languages, would want longer between.
 *
 * grpc-js lends its connections to nobody, so Node's diagnostics channel is asked for them; a test
 * notices when that is no longer the way.
 */
export function watchForSilence(): void {
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
  const timer = setTimeout(() => silent.add(address), SILENCE_MS).unref();
  // Called too when the connection is lost, which the balancer is told of otherwise.
  session.ping(() => {
    clearTimeout(timer);
    silent.delete(address);
    setTimeout(ask, PING_INTERVAL_MS, session).unref();
  });
}

/** The other end of a connection, as grpc-js writes it. */
function addressOf({ socket: { remoteAddress = "", remotePort } }: ClientHttp2Session): string {
  return `${isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}
