import { databaseFailure } from "@triptych/chassis/database/database-failure";
import { prepareServiceDatabase } from "@triptych/chassis/database/migrations/prepare-service-database";
import { createServiceDatabase } from "@triptych/chassis/database/service-database";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import { createClient } from "@triptych/chassis/rpc/client/client";
import { createRouter } from "@triptych/chassis/rpc/server/router";
import type { RouterOptions } from "@triptych/chassis/rpc/server/router-options";
import { createWarmUp } from "@triptych/chassis/rpc/server/warm-up";
import type { Transport } from "@triptych/chassis/rpc/transport";
import type { ServiceApp } from "@triptych/chassis/service-app";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { createImagesClient } from "#clients/images-client.ts";
import { createComments } from "#domain/comments.ts";
import { createHandlers } from "#grpc/handlers.ts";
import { ERROR_DOMAIN, REASON_STATUS } from "#grpc/reason-status.ts";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { createCommentRepository } from "#repository/comment-repository.ts";
import type { Configuration } from "./config.ts";
import { MIGRATIONS } from "./migrations.ts";

/** The name of the service, of its database, and of its metrics. */
export const NAME = "comments";

/** What the app is given, since the process or a test decides on it. */
export interface AppDependencies {
  readonly logger: Logger;
  /** Carries calls to the images service: over gRPC, or within the process. */
  readonly images: Transport;
  /** The current time. Default: the system's. */
  readonly clock?: () => Date;
}

/** The settings that the app reads. It does not listen, so no address is among them. */
export type AppConfiguration = Pick<
  Configuration,
  "databaseUrl" | "databasePoolMax" | "accessTokenPublicKeys" | "failurePolicy"
> &
  Partial<Pick<Configuration, "databaseReplicaUrl" | "migrations">>;

/**
 * Joins the parts of the service. The app listens to nothing, and connects to nothing before its
 * first call.
 */
export function createApp(
  configuration: AppConfiguration,
  { logger, images: transport, clock = () => new Date() }: AppDependencies,
): ServiceApp {
  const { databaseUrl: url, migrations: mode, failurePolicy } = configuration;
  const metrics = createMetrics({ service: NAME });
  const database = createServiceDatabase({
    name: NAME,
    url,
    replicaUrl: configuration.databaseReplicaUrl,
    poolMax: configuration.databasePoolMax,
    failurePolicy,
    metrics,
    logger,
  });
  const images = createClient(ImageService, {
    callee: "images",
    transport,
    metrics,
    logger,
    failurePolicy,
  });
  const comments = createComments({
    repository: createCommentRepository(database),
    images: createImagesClient(images),
    clock,
  });
  const implementation = {
    service: CommentService,
    handlers: createHandlers(comments),
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
    prepare: (signal) =>
      prepareServiceDatabase({ url, migrations: MIGRATIONS, mode, logger }, signal),
    warmUp: createWarmUp({
      implementation,
      routerOptions,
      calls: WARM_UP_CALLS,
      callees: [transport],
    }),
    close: () => database.close(),
  };
}
