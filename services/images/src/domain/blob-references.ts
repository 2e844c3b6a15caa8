/** Counts the references to stored bytes. */
export interface BlobReferences {
  /** Calls `remove` if nobody refers to the bytes, while nobody can begin to. */
  ifUnreferenced(hash: string, remove: () => Promise<void>): Promise<void>;
  /** Hashes whose last reference went, and whose bytes may still be there. */
  findUnreferenced(limit: number): Promise<readonly string[]>;
}
