import type { BlobReferences, CountComparison, MendedCount } from "./blob-references.ts";
import type { BlobStore } from "./blob-store.ts";

/**
 * Age below which a file may belong to an upload in progress, or to a transaction that has not
 * committed yet.
 */
const ORPHAN_AGE_MS_MIN = 60 * 60 * 1000;
const UNREFERENCED_MAX = 1_000;
/** How many counts are compared in one statement, which takes 10 ms. */
const COMPARED_MAX = 1_000;
/** Before every hash. */
const HASH_MIN = "";

/** What the collector needs. */
export interface BlobCollectorDependencies {
  readonly references: BlobReferences;
  readonly blobs: BlobStore;
  /** Called if bytes could not be removed. The next sweep tries again. */
  readonly observeFailure: (error: unknown) => void;
  /** Called with each reference count that was wrong: a defect made it so. */
  readonly observeMended: (mended: MendedCount) => void;
}

/** A garbage collector: removes bytes that nobody refers to. */
export interface BlobCollector {
  /**
   * Removes the bytes of those hashes that nobody refers to. Never throws: what is left waits for a
   * sweep.
   */
  collect(hashes: readonly string[]): Promise<void>;
  /**
   * Mends reference counts that differ from the rows that name the bytes. Removes all bytes that no
   * row refers to, and what killed processes left of their uploads. Never throws.
   */
  sweep(): Promise<void>;
}

/** Removal holds the lock of the hash's references, so it cannot undo a store of the same bytes. */
export function createBlobCollector({
  references,
  blobs,
  observeFailure,
  observeMended,
}: BlobCollectorDependencies): BlobCollector {
  async function collect(hashes: readonly string[], ageMsMin: number): Promise<void> {
    for (const hash of new Set(hashes)) {
      report(await references.ifUnreferenced(hash, () => blobs.remove(hash, ageMsMin)));
    }
  }
  async function mendCounts(): Promise<void> {
    let after: string | undefined = HASH_MIN;
    while (after !== undefined) {
      const { miscounted, last }: CountComparison = await references.compareCounts(
        after,
        COMPARED_MAX,
      );
      for (const hash of miscounted) report(await references.recount(hash));
      after = last;
    }
  }
  function report(mended: MendedCount | undefined): void {
    if (mended !== undefined) observeMended(mended);
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
      // Apart from the rest: a key may be allowed to list objects, and not unfinished uploads.
      await guarded(() => blobs.removeStaged(ORPHAN_AGE_MS_MIN));
      await guarded(mendCounts);
      await guarded(async () => {
        await collect(await references.findUnreferenced(UNREFERENCED_MAX), 0);
        for await (const hash of blobs.listOlderThan(ORPHAN_AGE_MS_MIN)) {
          await collect([hash], ORPHAN_AGE_MS_MIN);
        }
      });
    },
  };
}
