import { databaseFailure } from "@triptych/chassis/database/database-failure";
import { prepareServiceDatabase } from "@triptych/chassis/database/migrations/prepare-service-database";
import { createServiceDatabase } from "@triptych/chassis/database/service-database";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import { createRouter } from "@triptych/chassis/rpc/server/router";
import type { RouterOptions } from "@triptych/chassis/rpc/server/router-options";
import { createWarmUp } from "@triptych/chassis/rpc/server/warm-up";
import type { ServiceApp } from "@triptych/chassis/service-app";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { type BlobStore, BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";
import { createDownloads } from "#domain/downloads/downloads.ts";
import { createImages } from "#domain/images.ts";
import { createLikes } from "#domain/likes.ts";
import { createUploads } from "#domain/uploads.ts";
import { createHandlers } from "#grpc/handlers.ts";
import { ERROR_DOMAIN, REASON_STATUS } from "#grpc/reason-status.ts";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { createImageQueue } from "#queue/image-queue.ts";
import { prepareQueue } from "#queue/prepare-queue.ts";
import { createImageRepository } from "#repository/image-repository.ts";
import { createLikeRepository } from "#repository/like-repository.ts";
import type { Configuration } from "./config.ts";
import { createCollector } from "./create-collector.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createObserveMissing } from "./observe-missing.ts";

/** The name of the service, of its database, and of its metrics. */
export const NAME = "images";

/** The settings that the app reads. It does not listen, so it needs no address. */
export type AppConfiguration = Pick<
  Configuration,
  | "databaseUrl"
  | "databasePoolMax"
  | "accessTokenPublicKeys"
  | "blobs"
  | "uploadsMax"
  | "failurePolicy"
> &
  Partial<Pick<Configuration, "databaseReplicaUrl" | "migrations">>;

/**
 * Joins the parts of the service. Listens to nothing, and connects to nothing before it is
 * prepared.
 */
export function createApp(
  configuration: AppConfiguration,
  { logger }: { readonly logger: Logger },
): ServiceApp {
  const { databaseUrl: url, databasePoolMax: poolMax, migrations: mode } = configuration;
  const { failurePolicy } = configuration;
  const metrics = createMetrics({ service: NAME });
  const database = createServiceDatabase({
    name: NAME,
    url,
    replicaUrl: configuration.databaseReplicaUrl,
    poolMax,
    failurePolicy,
    metrics,
    logger,
  });
  const queue = createImageQueue(database, logger);
  const repository = createImageRepository(database, queue.enqueue);
  const blobs = createBlobStore(configuration.blobs);
  const collector = createCollector({ database, blobs, metrics, logger });
  const clock = () => new Date();
  const observeMissing = createObserveMissing("download", { logger, metrics });
  const images = createImages({ repository, collector, clock });
  const implementation = {
    service: ImageService,
    handlers: createHandlers({
      images,
      uploads: createUploads({ repository, blobs, collector, clock }),
      uploadsMax: configuration.uploadsMax,
      watchPlaces: metrics.watchPlaces,
      downloads: createDownloads({ images, blobs, observeMissing }),
      likes: createLikes({ repository: createLikeRepository(database), images, clock }),
    }),
    errorDomain: ERROR_DOMAIN,
    reasonStatus: REASON_STATUS,
  };
  const routerOptions: RouterOptions = {
    authenticate: createAuthenticator(configuration.accessTokenPublicKeys),
    logger,
    metrics,
    failurePolicy,
    failureOf: databaseFailure,
    probe: (timeoutMs) => database.probe(timeoutMs),
    isReadOnly: () => database.readOnly.status().readOnly,
  };

  return {
    name: NAME,
    router: createRouter([implementation], routerOptions),
    metrics,
    readOnly: database.readOnly,
    async prepare(signal) {
      await checkBlobs(blobs, logger);
      await prepareServiceDatabase({ url, migrations: MIGRATIONS, mode, logger }, signal);
      await prepareQueue({ url, mode, logger, start: queue.start }, signal);
    },
    warmUp: createWarmUp({ implementation, routerOptions, calls: WARM_UP_CALLS, callees: [] }),
    async close() {
      await queue.close();
      await database.close();
    },
  };
}

/**
 * Finds out at the start, and not at the first upload, that bytes cannot be stored. A store that
 * does not answer is no reason to exit: images can be listed without it.
 */
async function checkBlobs(blobs: BlobStore, logger: Logger): Promise<void> {
  try {
    await blobs.check();
  } catch (error) {
    const isAway = error instanceof BlobStoreUnavailable && !(error instanceof BlobStoreRefused);
    if (!isAway) throw error;
    logger.warn({ error }, "uploads and downloads fail until the object store answers");
  }
}
