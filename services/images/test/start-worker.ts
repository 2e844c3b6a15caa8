import { judge } from "@triptych/chassis/contract/verdict";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type Image, ImageState } from "@triptych/protos/images/v1/image_pb";
import { createImageWorker } from "#image-worker.ts";
import type { ImagesUnderTest } from "./start-images.ts";

/** On a slow machine that does other work, too. */
const PROCESSED_MS_MAX = 50_000;

/** Starts a worker of the service in this process. */
export async function startWorker(
  images: ImagesUnderTest,
  { renderTimeoutMs = 60_000, concurrency = 1 } = {},
): Promise<AsyncDisposable> {
  const worker = createImageWorker(
    {
      databaseUrl: images.databaseUrl,
      blobs: images.blobs,
      workerConcurrency: concurrency,
      renderTimeoutMs,
      failurePolicy: "on",
      migrations: "run",
    },
    { logger: createLogger({ service: "images-worker", level: "fatal" }) },
  );
  await worker.start(new AbortController().signal);
  return { [Symbol.asyncDispose]: () => worker.close() };
}

/**
 * Waits until an image is ready or failed, and returns it. On a busy machine a read may be refused
 * meanwhile.
 */
export function processed(
  images: ImagesUnderTest,
  caller: UserCaller,
  id: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<Image> {
  return eventually(
    async () => {
      try {
        const image = await images.client.getImage({ id }, contextFor(caller));
        return image.state !== ImageState.PROCESSING && image;
      } catch (thrown) {
        if (judge(thrown).isUnavailable) return false;
        throw thrown;
      }
    },
    { timeoutMs: PROCESSED_MS_MAX, ...options },
  );
}
