import { type LookupAddress, promises } from "node:dns";

/**
 * A preload for a process: resolves names below `test` at the tests' DNS server in `DNS_SERVER`,
 * since no other server knows them. It replaces the lookup that grpc-js does at the system, whose
 * servers a test cannot choose.
 */
const resolver = new promises.Resolver();
resolver.setServers([process.env.DNS_SERVER ?? ""]);
const askSystem = promises.lookup;

async function lookup(host: string, options: object): Promise<LookupAddress[] | LookupAddress> {
  if (!host.endsWith(".test")) return await askSystem(host, options);
  const addresses = await resolver.resolve4(host);
  return addresses.map((address) => ({ address, family: 4 }));
}

Object.assign(promises, { lookup });
