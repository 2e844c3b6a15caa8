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
/** A whole request, an upload over a slow line included. */
const REQUEST_MS_MAX = 130_000;
/** A connection on which nothing moves. */
const IDLE_MS_MAX = 60_000;
/**
 * Longer than the keep-alive of usual balancers (60 s), so that it is never we who close under a
 * request.
 */
const KEEP_ALIVE_MS = 72_000;
const TIMEOUT_CHECK_MS = 5_000;

/** What the server needs besides its routes. */
export interface ServerOptions {
  readonly trustProxy: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

/** A server without routes, and the hook that has to come after those of the plugins. */
export interface PlainServer {
  readonly server: ApiServer;
  /** From now on answers 404 or 405 before anything else looks at the request. */
  refuseUnknownRoutes(): void;
}

/** Makes the HTTP server: its limits, its parsers, and its way to fail. It has no routes. */
export function createServer({
  trustProxy,
  logger,
  metrics,
  isDraining,
}: ServerOptions): PlainServer {
  const server: ApiServer = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // access-log.ts writes the one line of a request.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    genReqId: ({ headers }) => acceptRequestId(single(headers["x-request-id"])),
    trustProxy,
    bodyLimit: BODY_BYTES_MAX,
    connectionTimeout: IDLE_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS_MAX,
    forceCloseConnections: "idle",
    return503OnClosing: false, // what is under way is answered; new connections are refused anyway
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
