import { type LookupAddress, promises } from "node:dns";

/**
 * Names that exist in this process only, as grpc-js looks them up, which asks the system for all
 * addresses of a host.
 */
export class TestNames implements Disposable {
  readonly #lookup = promises.lookup;
  readonly #addresses = new Map<string, readonly string[]>();

  constructor() {
    const lookup = async (host: string): Promise<LookupAddress[]> => {
      const addresses = this.#addresses.get(host);
      if (addresses === undefined) throw new Error(`ENOTFOUND ${host}`);
      return addresses.map((address) => ({ address, family: 4 }));
    };
    Object.assign(promises, { lookup });
  }

  /** Says where a name leads from now on. */
  set(host: string, addresses: readonly string[]): void {
    this.#addresses.set(host, addresses);
  }

  /** Lets a name be unknown, as all names are while no DNS server answers. */
  forget(host: string): void {
    this.#addresses.delete(host);
  }

  /** Asks the system again. */
  [Symbol.dispose](): void {
    Object.assign(promises, { lookup: this.#lookup });
  }
}
