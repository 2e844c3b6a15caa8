import type { Asker } from "@triptych/chassis/identity/asker";

/** How long a hash is of use. Hashing does not begin after that. */
export type HashingTime = Pick<Asker, "deadline" | "signal">;

/**
 * Hashes passwords. All methods but `needsRehash` throw HASHING_OVERLOADED if their turn does not
 * come in time.
 */
export interface PasswordHasher {
  /** Returns the hash to store, with its salt and parameters. */
  hash(password: string, time: HashingTime): Promise<string>;
  /** Returns whether the hash is of this password. Without a hash: false, after the same time. */
  verify(hash: string | undefined, password: string, time: HashingTime): Promise<boolean>;
  /** Returns whether the hash has other parameters than the current ones. */
  needsRehash(hash: string): boolean;
}
