import type { Asker } from "@triptych/chassis/identity/asker";

/** The time that a hash has: hashing that is of no more use does not begin. */
export type HashingTime = Pick<Asker, "deadline" | "signal">;

/**
 * Hashes passwords. All but `needsRehash` throw HASHING_OVERLOADED if their turn does not come in
 * time.
 */
export interface PasswordHasher {
  /** Returns the hash to store, with its salt and parameters. */
  hash(password: string, time: HashingTime): Promise<string>;
  /** Says whether the hash is of this password. Without a hash it takes as long, and says no. */
  verify(hash: string | undefined, password: string, time: HashingTime): Promise<boolean>;
  /** Says whether the hash was made with other parameters than the current ones. */
  needsRehash(hash: string): boolean;
}
