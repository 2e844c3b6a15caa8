/** A reference count that was wrong, and has been replaced. */
export interface MendedCount {
  readonly hash: string;
  /** The count that was stored. */
  readonly counted: number;
  /** How many images and variants name the bytes: the count from now on. */
  readonly named: number;
}

/** Counts the references to stored bytes. */
export interface BlobReferences {
  /**
   * Calls `remove` if nobody refers to the bytes, while nobody can begin to. If the count says so
   * and a row names them nevertheless, mends the count instead, and returns that.
   */
  ifUnreferenced(hash: string, remove: () => Promise<void>): Promise<MendedCount | undefined>;
  /** Returns hashes that have lost their last reference, and whose bytes may still be stored. */
  findUnreferenced(limit: number): Promise<readonly string[]>;
  /**
   * Compares the counts of the next hashes after one, in their order, with the rows that name them.
   * Changes nothing.
   */
  compareCounts(after: string, limit: number): Promise<CountComparison>;
  /** Counts the rows that name the bytes, and mends the count if it differs. */
  recount(hash: string): Promise<MendedCount | undefined>;
}

/** A part of all counts. */
export interface CountComparison {
  /** The hashes whose count differs. */
  readonly miscounted: readonly string[];
  /** The last hash of this part; undefined if there is none, which ends the comparison. */
  readonly last: string | undefined;
}
