import type { AddressInfo } from "node:net";
import swagger from "@fastify/swagger";
import { createAdmission } from "@triptych/chassis/admission/admission";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import { type Clients, createClients, type Transports } from "#clients/clients.ts";
import { createAdmissionHook } from "#guard/admission-hook.ts";
import { explain } from "#guard/explain.ts";
import { createFairPlaces, type FairPlaces } from "#guard/fair-places.ts";
import { createRateLimits, type RateLimits } from "#guard/rate-limits.ts";
import { createRequestGuard, type RequestGuard } from "#guard/request-guard.ts";
import { nameRoute } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { createServer } from "#http/server.ts";
import { OPENAPI_OPTIONS, openApiRoutes } from "#openapi/document.ts";
import { referencePageRoutes } from "#openapi/reference-page.ts";
import { commentRoutes } from "#routes/comments.ts";
import { imageCommentRoutes } from "#routes/image-comments.ts";
import { imageContentRoutes } from "#routes/image-content.ts";
import { imageUploadRoutes } from "#routes/image-upload.ts";
import { imageRoutes } from "#routes/images.ts";
import { likeRoutes } from "#routes/likes.ts";
import { operationsRoutes } from "#routes/operations.ts";
import { sessionRoutes } from "#routes/sessions.ts";
import { statusRoutes } from "#routes/status.ts";
import { userRoutes } from "#routes/users.ts";
import { Comment } from "#schemas/comments.ts";
import { Image } from "#schemas/images.ts";
import { ProblemBody } from "#schemas/problem.ts";
import { Session } from "#schemas/sessions.ts";
import { User } from "#schemas/users.ts";
import { createBreakerRegistry } from "#status/breaker-registry.ts";
import { createStatusBoard, type StatusBoard } from "#status/status-board.ts";
import type { Configuration } from "./config.ts";

/** The dependencies of a gateway. */
export interface GatewayDependencies {
  /** The connections to the services. The caller closes them. */
  readonly transports: Transports;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A gateway with its parts joined. It listens only once `listen` is called. */
export interface Gateway {
  readonly server: ApiServer;
  /** Listens where the configuration says. Returns the port. */
  listen(): Promise<number>;
  /** Readiness: whether it listens and does not drain. */
  isReady(): boolean;
  /**
   * Begins a graceful shutdown: reports that it is not ready, and lets each answer close its
   * connection. Goes on answering.
   */
  drain(): void;
  /**
   * Accepts no more connections, and waits for the requests in flight. When the signal fires, their
   * connections are closed.
   */
  close(signal?: AbortSignal): Promise<void>;
}

/** Creates a gateway from its parts. */
export async function createGateway(
  configuration: Configuration,
  { transports, logger, metrics }: GatewayDependencies,
): Promise<Gateway> {
  let state: "starting" | "ready" | "draining" = "starting";
  const isReady = () => state === "ready";
  const isDraining = () => state === "draining";

  const breakers = createBreakerRegistry();
  const clients = createClients(transports, {
    metrics,
    logger,
    failurePolicy: configuration.failurePolicy,
    observeBreaker: breakers.observe,
    observeAnswer: breakers.observeAnswer,
  });
  const board = createStatusBoard(
    {
      users: (timeoutMs) => transports.users.health(timeoutMs),
      images: (timeoutMs) => transports.images.health(timeoutMs),
      comments: (timeoutMs) => transports.comments.health(timeoutMs),
    },
    breakers,
  );

  const server = createServer({
    connections: configuration,
    corsOrigins: configuration.corsOrigins,
    logger,
    metrics,
    isDraining,
  });
  await addPlugins(server);

  const { failurePolicy } = configuration;
  const limits = createRateLimits(configuration);
  const admission = createAdmission(metrics, failurePolicy);
  const guard = createRequestGuard({
    authenticate: createAuthenticator(configuration.accessTokenPublicKeys),
    limits,
    admission: createAdmissionHook(admission),
    failurePolicy,
  });

  operationsRoutes(server, { isReady });
  openApiRoutes(server);
  referencePageRoutes(server);
  const places = createFairPlaces(configuration, metrics);
  await addApi(server, { ...clients, limits, places, guard, board });
  await server.ready();

  return {
    server,
    isReady,
    async listen() {
      await server.listen({ host: configuration.host, port: configuration.port });
      state = "ready";
      return (server.server.address() as AddressInfo).port;
    },
    drain() {
      state = "draining";
    },
    async close(signal) {
      state = "draining";
      signal?.addEventListener("abort", () => server.server.closeAllConnections(), { once: true });
      await server.close();
    },
  };
}

/** The dependencies of the routes under `/v1`. */
interface ApiDependencies extends Clients {
  readonly limits: RateLimits;
  readonly places: FairPlaces;
  readonly guard: RequestGuard;
  readonly board: StatusBoard;
}

async function addApi(server: ApiServer, dependencies: ApiDependencies): Promise<void> {
  const { guard } = dependencies;
  await server.register(async (api: ApiServer) => {
    api.addHook("onRoute", nameRoute);
    api.addHook("onRequest", guard.identify);
    api.addHook("preHandler", guard.enter);
    api.addHook("onSend", explain);
    imageContentRoutes(api, dependencies);
    await api.register(async (json: ApiServer) => {
      json.addHook("onRequest", guard.answersJson);
      statusRoutes(json, dependencies);
      userRoutes(json, dependencies);
      sessionRoutes(json, dependencies);
      imageRoutes(json, dependencies);
      likeRoutes(json, dependencies);
      imageCommentRoutes(json, dependencies);
      commentRoutes(json, dependencies);
      await json.register((upload: ApiServer) => imageUploadRoutes(upload, dependencies));
    });
  });
}

async function addPlugins(server: ApiServer): Promise<void> {
  await server.register(swagger, OPENAPI_OPTIONS);
  for (const schema of [ProblemBody, User, Session, Image, Comment]) server.addSchema(schema);
}
