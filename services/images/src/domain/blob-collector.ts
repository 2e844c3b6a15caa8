import type { BlobReferences } from "./blob-references.ts";
import type { BlobStore } from "./blob-store.ts";

/**
 * So long after its last write may a file be of an upload that goes on, or was placed and not yet
 * committed.
 */
const ORPHAN_AGE_MS_MIN = 60 * 60 * 1000;
const UNREFERENCED_MAX = 1_000;

/** What the collector needs. */
export interface BlobCollectorDependencies {
  readonly references: BlobReferences;
  readonly blobs: BlobStore;
  /** Called if bytes could not be removed. The next sweep tries again. */
  readonly observeFailure: (error: unknown) => void;
}

/** Removes bytes that nobody refers to. */
export interface BlobCollector {
  /**
   * Removes those of the hashes that nobody refers to. Never throws: whatever is left waits for a
   * sweep.
   */
  collect(hashes: readonly string[]): Promise<void>;
  /**
   * Removes all that no row names, and what uploads left behind that ended with their process.
   * Never throws.
   */
  sweep(): Promise<void>;
}

/**
 * Makes the collector. Removal holds the lock of the hash's references, so a placing at the same
 * time is not undone.
 */
export function createBlobCollector({
  references,
  blobs,
  observeFailure,
}: BlobCollectorDependencies): BlobCollector {
  async function collect(hashes: readonly string[], ageMsMin: number): Promise<void> {
    for (const hash of new Set(hashes)) {
      await references.ifUnreferenced(hash, () => blobs.remove(hash, ageMsMin));
    }
  }
  const guarded = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      observeFailure(error);
    }
  };
  return {
    collect: (hashes) => guarded(() => collect(hashes, 0)),
    async sweep() {
      // By itself: a bucket may let its objects be listed, and not its unfinished uploads.
      await guarded(() => blobs.removeStaged(ORPHAN_AGE_MS_MIN));
      await guarded(async () => {
        await collect(await references.findUnreferenced(UNREFERENCED_MAX), 0);
        for await (const hash of blobs.listOlderThan(ORPHAN_AGE_MS_MIN)) {
          await collect([hash], ORPHAN_AGE_MS_MIN);
        }
      });
    },
  };
}
