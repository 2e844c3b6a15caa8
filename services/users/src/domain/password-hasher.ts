/** The call for which a password is hashed: hashing that is of no more use is not begun. */
export interface HashingCall {
  /** When the answer is of no more use, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/**
 * Hashes passwords. All but `needsRehash` throw HASHING_OVERLOADED if their turn does not come in
 * time.
 */
export interface PasswordHasher {
  /** Gives the hash to store, with its salt and parameters. */
  hash(password: string, call: HashingCall): Promise<string>;
  /** Says whether the hash is of this password. Without a hash it takes as long, and says no. */
  verify(hash: string | undefined, password: string, call: HashingCall): Promise<boolean>;
  /** Says whether the hash was made with other parameters than those of now. */
  needsRehash(hash: string): boolean;
}
