import type { Logger } from "@triptych/chassis/telemetry/logger";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import type { ObserveMissingBytes } from "#domain/missing-bytes.ts";

/** The work that found bytes missing. */
export type MissingDuring = "download" | "rendering";

/** Creates the observer that logs and counts missing bytes. An alert watches the count. */
export function createObserveMissing(
  during: MissingDuring,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): ObserveMissingBytes {
  // A series that begins with its first event has no increase, so no alert would see that.
  metrics.missingBlobs.inc({ during }, 0);
  return (imageId, error) => {
    metrics.missingBlobs.inc({ during });
    logger.error({ imageId, during, error }, "the bytes of an image are missing");
  };
}
