import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Whether a host is loopback: this machine, or in a cluster this pod and what is forwarded into it.
 * Takes a socket's address, or a setting's host without port and brackets. A host that it does not
 * understand is not loopback.
 */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined) return false;
  const family = isIP(host);
  if (family === 0) return host === "localhost";
  return LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
