import type { Logger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { BlobMissing } from "#domain/blob-store.ts";
import { createObserveMissing } from "./observe-missing.ts";

test("missing bytes are logged as an error, and counted from zero, so that an alert sees them", async () => {
  const metrics = createMetrics({ service: "images" });
  const lines: unknown[] = [];
  const logger = { error: (line: unknown) => lines.push(line) } as unknown as Logger;
  const observe = createObserveMissing("download", { logger, metrics });
  const count = async () => (await metrics.missingBlobs.get()).values[0]?.value;
  expect(await count()).toBe(0);
  const error = new BlobMissing("there are no bytes");
  observe("an id", error);
  expect(await count()).toBe(1);
  expect(lines).toEqual([{ imageId: "an id", during: "download", error }]);
});
