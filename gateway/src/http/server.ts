import { acceptRequestId } from "@triptych/chassis/ids/request-id";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { Problem } from "#problems/problem.ts";
import { sendProblem } from "#problems/send-problem.ts";
import { recordRequest } from "./access-log.ts";
import type { ApiServer } from "./api-server.ts";
import { answerClientError } from "./client-error.ts";
import { type ConnectionLimits, limitConnections } from "./connection-limits.ts";
import { parseJsonBody } from "./json-parser.ts";
import { parseQuery } from "./query-parser.ts";
import { createRouteTable } from "./route-table.ts";
import { dropUnreadBody } from "./unread-body.ts";
import { compileValidator } from "./validators.ts";

const BODY_BYTES_MAX = 64 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
const URL_CHARACTERS_MAX = 8 * 1024;
const PARAMETER_CHARACTERS_MAX = 256;
const HEADERS_MS_MAX = 10_000;
/** The time for a whole request, also for an upload over a slow line. */
const REQUEST_MS_MAX = 130_000;
/** The time for which a connection may be silent. */
const IDLE_MS_MAX = 60_000;
/**
 * Longer than the keep-alive of usual balancers (60 s), so that it is never we who close under a
 * request.
 */
const KEEP_ALIVE_MS = 72_000;
const TIMEOUT_CHECK_MS = 5_000;

/** The options of a server. */
export interface ServerOptions {
  readonly connections: ConnectionLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

/** A server without routes, and the hook that must follow those of the plugins. */
export interface PlainServer {
  readonly server: ApiServer;
  /** Adds a hook that answers 404 or 405 before any later hook runs. */
  refuseUnknownRoutes(): void;
}

/** Creates the HTTP server with its limits, parsers and error answers, and without routes. */
export function createServer({
  connections,
  logger,
  metrics,
  isDraining,
}: ServerOptions): PlainServer {
  const server: ApiServer = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // access-log.ts logs each request, in one line.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    genReqId: ({ headers }) => acceptRequestId(single(headers["x-request-id"])),
    trustProxy: connections.trustProxy,
    bodyLimit: BODY_BYTES_MAX,
    connectionTimeout: IDLE_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS_MAX,
    forceCloseConnections: "idle",
    // requests in flight are answered; new connections are refused anyway
    return503OnClosing: false,
    exposeHeadRoutes: true,
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_MS_MAX,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    routerOptions: {
      maxParamLength: PARAMETER_CHARACTERS_MAX,
      querystringParser: parseQuery,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      begin(request, reply);
      reply.header("x-content-type-options", "nosniff");
      sendProblem(error, request, reply);
    },
  });

  function begin(request: FastifyRequest, reply: FastifyReply): void {
    recordRequest(request, reply, metrics);
    reply.header("x-request-id", request.id);
    if (isDraining()) reply.header("connection", "close");
  }

  const checkConnection = limitConnections(server.server, connections, metrics);
  const routes = createRouteTable();
  server.setValidatorCompiler(compileValidator);
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler(() => {
    throw new Problem("ROUTE_NOT_FOUND");
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, parseJsonBody);
  server.addHook("onRoute", ({ method, url }) => routes.add(method, url));
  server.addHook("onRequest", async (request, reply) => begin(request, reply));
  server.addHook("onRequest", async (request) => checkConnection(request));
  server.addHook("onSend", async (request, reply) => dropUnreadBody(request, reply));

  return {
    server,
    refuseUnknownRoutes() {
      server.addHook("onRequest", async (request) => {
        if (request.url.length > URL_CHARACTERS_MAX) throw new Problem("URI_TOO_LONG");
        if (!request.is404) return;
        const methods = routes.methodsOf(request.url);
        if (methods.length === 0) throw new Problem("ROUTE_NOT_FOUND");
        throw new Problem("METHOD_NOT_ALLOWED", { headers: { allow: methods.join(", ") } });
      });
    },
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
