/**
 * gRPC's name of one or several replicas: a lone host is looked up, several are addresses of one
 * family.
 */
export function targetOf(addresses: readonly string[]): string {
  const [first = "", ...others] = addresses;
  if (others.length === 0) return `dns:///${first}`;
  return `${first.startsWith("[") ? "ipv6" : "ipv4"}:${addresses.join(",")}`;
}
