import { databaseFailure } from "@triptych/chassis/database/database-failure";
import { prepareServiceDatabase } from "@triptych/chassis/database/migrations/prepare-service-database";
import { createServiceDatabase } from "@triptych/chassis/database/service-database";
import { createAccessTokenSigner } from "@triptych/chassis/identity/access-token-signer";
import {
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_ISSUER,
  createAuthenticator,
} from "@triptych/chassis/identity/authenticate";
import { createClient } from "@triptych/chassis/rpc/client/client";
import { createRouter } from "@triptych/chassis/rpc/server/router";
import type { RouterOptions } from "@triptych/chassis/rpc/server/router-options";
import { createWarmUp } from "@triptych/chassis/rpc/server/warm-up";
import type { Transport } from "@triptych/chassis/rpc/transport";
import type { ServiceApp } from "@triptych/chassis/service-app";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import { createImagesClient } from "#clients/images-client.ts";
import { createAccounts } from "#domain/accounts.ts";
import { createProfiles } from "#domain/profiles.ts";
import { ACCESS_TOKEN_LIFETIME_SECONDS } from "#domain/session.ts";
import { createSessions } from "#domain/sessions.ts";
import { createUserSearch } from "#domain/user-search.ts";
import { createHandlers } from "#grpc/handlers.ts";
import { ERROR_DOMAIN, REASON_STATUS } from "#grpc/reason-status.ts";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { createPasswordHasher } from "#hashing/password-hasher.ts";
import { createSessionRepository } from "#repository/session-repository.ts";
import { createUserRepository } from "#repository/user-repository.ts";
import type { Configuration } from "./config.ts";
import { MIGRATIONS } from "./migrations.ts";

/** The name of the service, of its database, and of its metrics. */
export const NAME = "users";

/** The parts that the process provides. */
export interface AppDependencies {
  readonly logger: Logger;
  /** The transport to the images service: gRPC, or calls within the process. */
  readonly images: Transport;
  /** The current time; by default the system's. */
  readonly clock?: () => Date;
}

/** The settings that the app reads. Those of its listener are read by the process. */
export type AppConfiguration = Pick<
  Configuration,
  | "databaseUrl"
  | "databasePoolMax"
  | "accessTokenPublicKeys"
  | "accessTokenPrivateKey"
  | "operatorUserIds"
  | "failurePolicy"
> &
  Partial<Pick<Configuration, "databaseReplicaUrl" | "migrations">>;

/** Joins the parts of the service. Listens nowhere, and connects only when a call needs it. */
export function createApp(
  configuration: AppConfiguration,
  { logger, images: transport, clock = () => new Date() }: AppDependencies,
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
  const images = createClient(ImageService, {
    callee: "images",
    transport,
    metrics,
    logger,
    failurePolicy,
  });
  const accessTokens = createAccessTokenSigner({
    privateJwk: configuration.accessTokenPrivateKey,
    issuer: ACCESS_TOKEN_ISSUER,
    audience: ACCESS_TOKEN_AUDIENCE,
    lifetimeSeconds: ACCESS_TOKEN_LIFETIME_SECONDS,
    now: () => clock().getTime(),
  });
  const hasher = createPasswordHasher();
  const users = createUserRepository(database);
  const sessions = createSessionRepository(database);
  const handlers = createHandlers({
    accounts: createAccounts({ users, hasher, clock }),
    profiles: createProfiles({ users, avatarImages: createImagesClient(images), clock }),
    search: createUserSearch({ users }),
    sessions: createSessions({
      users,
      sessions,
      hasher,
      accessTokens,
      operatorUserIds: new Set(configuration.operatorUserIds),
      clock,
    }),
  });
  const implementation = {
    service: UserService,
    handlers,
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
