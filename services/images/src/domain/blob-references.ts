/** Counts the references to stored bytes. */
export interface BlobReferences {
  /** Calls `remove` if nobody refers to the bytes, while nobody can begin to. */
  ifUnreferenced(hash: string, remove: () => Promise<void>): Promise<void>;
  /** Returns hashes that have lost their last reference, and whose bytes may still be stored. */
  findUnreferenced(limit: number): Promise<readonly string[]>;
}
