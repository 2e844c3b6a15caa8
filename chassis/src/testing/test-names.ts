import { type LookupAddress, promises } from "node:dns";

/**
 * Host names of this process only. grpc-js resolves names by the lookup of `node:dns`, which is
 * replaced.
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

  /** Sets the addresses of a name. */
  set(host: string, addresses: readonly string[]): void {
    this.#addresses.set(host, addresses);
  }

  /** Makes a name unknown, as all names are while no DNS server answers. */
  forget(host: string): void {
    this.#addresses.delete(host);
  }

  /** Restores the lookup of the system. */
  [Symbol.dispose](): void {
    Object.assign(promises, { lookup: this.#lookup });
  }
}
