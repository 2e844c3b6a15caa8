import { type LookupAddress, promises } from "node:dns";

/**
 * Is loaded into a process before its own module, and lets names below `test`, of which no system
 * knows, be asked of the tests' DNS server, in `DNS_SERVER`. It stands where grpc-js asks the
 * system, whose servers are not a test's to choose.
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
