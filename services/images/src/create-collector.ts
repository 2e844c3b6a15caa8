import type { Database } from "@triptych/chassis/database/database";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import { type BlobCollector, createBlobCollector } from "#domain/blob-collector.ts";
import type { BlobStore } from "#domain/blob-store.ts";
import { createBlobReferences } from "#repository/blob-references.ts";

const COUNT = "blob_reference_count";

/** The parts that the collector needs. */
interface CollectorParts {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Joins the parts of the garbage collector, which service and worker have alike. */
export function createCollector({
  database,
  blobs,
  metrics: { repairs },
  logger,
}: CollectorParts): BlobCollector {
  // A series that begins with its first event has no increase, so no alert would see that.
  for (const fault of ["too_high", "too_low"]) repairs.inc({ what: COUNT, fault }, 0);
  return createBlobCollector({
    references: createBlobReferences(database),
    blobs,
    observeFailure: (error) =>
      logger.warn({ error }, "bytes that nobody refers to could not be removed"),
    observeMended(mended) {
      const fault = mended.counted > mended.named ? "too_high" : "too_low";
      repairs.inc({ what: COUNT, fault });
      logger.error(mended, "a reference count was wrong, and has been mended");
    },
  });
}
