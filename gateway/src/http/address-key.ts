import { isIPv4, isIPv6 } from "node:net";

const GROUPS = 8;
/** A network of IPv6 has 64 bits, and each of its clients chooses the other 64. */
const NETWORK_GROUPS = 4;
/** The groups before the IPv4 address in an IPv6 one (RFC 4291, 2.5.5.2). */
const MAPPED = "0:0:0:0:0:ffff:";

/**
 * Returns what counts as one address: an IPv4 address, also if it comes in IPv6, or a /64 of IPv6.
 * Any other text, such as a proxy may send, counts as it is.
 */
export function addressKeyOf(address: string): string {
  if (!address.includes(":")) return address; // no IPv6, which takes longer
  const [plain = ""] = address.split("%"); // the zone of a link-local address
  if (!isIPv6(plain)) return address;
  const groups = groupsOf(plain);
  const text = groups.map((group) => group.toString(16)).join(":");
  if (text.startsWith(MAPPED)) return toIPv4(groups.slice(-2));
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

function groupsOf(address: string): readonly number[] {
  const [head = "", tail] = address.split("::");
  const first = parseGroups(head);
  if (tail === undefined) return first;
  const last = parseGroups(tail);
  const zeros = new Array<number>(GROUPS - first.length - last.length).fill(0);
  return [...first, ...zeros, ...last];
}

function parseGroups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!isIPv4(group)) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function toIPv4(groups: readonly number[]): string {
  return groups.flatMap((group) => [Math.floor(group / 256), group % 256]).join(".");
}
