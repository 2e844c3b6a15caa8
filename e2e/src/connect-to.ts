import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A url names its port only if it is not the one of its protocol. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Where a server listens. */
interface ServerAddress {
  /** A name or an address. An IPv6 address has no brackets here. */
  readonly host: string;
  readonly port: number;
}

/** Returns where the server of a url listens, whether the url names a port or not. */
export function addressOf(url: string): ServerAddress {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: port === "" ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port) };
}

/** Connects a socket to the server of a url, with TLS if the url says so. */
export function connectTo(url: string): Socket {
  const address = addressOf(url);
  return new URL(url).protocol === "https:" ? connectTls(address) : connect(address);
}
