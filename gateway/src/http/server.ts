import { acceptRequestId } from "@triptych/chassis/ids/request-id";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { Problem, withoutStack } from "#problems/problem.ts";
import { sendProblem } from "#problems/send-problem.ts";
import { createAccessLog } from "#telemetry/access-log.ts";
import { RequestLogger } from "#telemetry/request-logger.ts";
import { createAnswerHeaders } from "./answer-headers.ts";
import type { ApiServer } from "./api-server.ts";
import { limitBodyTime } from "./body-time.ts";
import { createClientErrors } from "./client-error.ts";
import { type ConnectionLimits, limitConnections } from "./connection-limits.ts";
import { parseJsonBody } from "./json-parser.ts";
import { parseQuery } from "./query-parser.ts";
import { RequestState } from "./request-state.ts";
import { createRouteTable, type RouteTable } from "./route-table.ts";
import { dropUnreadBody } from "./unread-body.ts";
import { answerExpectations, checkHttp } from "./valid-http.ts";
import { compileValidator } from "./validators.ts";

const BODY_BYTES_MAX = 64 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
const URL_CHARACTERS_MAX = 8 * 1024;
const PARAMETER_CHARACTERS_MAX = 256;
const HEADERS_MS_MAX = 10_000;
/**
 * The time for a whole request, also for an upload over a slow line: as long as the contract lets a
 * stream last. body-time.ts gives other bodies less.
 */
const REQUEST_MS_MAX = 3_600_000;
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
  /** The origins whose pages may use the API. */
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

/** Creates the HTTP server with its limits, parsers and error answers, and without routes. */
export function createServer({
  connections,
  corsOrigins,
  logger,
  metrics,
  isDraining,
}: ServerOptions): ApiServer {
  const answerHeaders = createAnswerHeaders(corsOrigins);
  const clientErrors = createClientErrors(answerHeaders);
  const accessLog = createAccessLog(logger, metrics);
  const server: ApiServer = Fastify({
    // No `loggerInstance`: with one, fastify listens for the end of each answer, to log nothing.
    // Its listeners kept answers alive until a full garbage collection: a third of the instructions
    // of a request. What it logs of a request goes to this log.
    childLoggerFactory: (_none, bindings, options) =>
      new RequestLogger(logger as FastifyBaseLogger, bindings, options),
    // access-log.ts logs each request, in one line.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    genReqId: ({ headers }) => acceptRequestId(headers["x-request-id"]),
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
      // valid-http.ts checks it: Node's own answer has none of our headers
      requireHostHeader: false,
    },
    routerOptions: {
      maxParamLength: PARAMETER_CHARACTERS_MAX,
      querystringParser: parseQuery,
    },
    clientErrorHandler: clientErrors.answer,
    // No hook runs for these, so the steps of the hooks are taken here.
    frameworkErrors(error, request, reply) {
      if (begin(request, reply)) return;
      dropUnreadBody(request, reply);
      sendProblem(error, request, reply);
    },
  });

  /** Returns whether the request is answered: a page's preflight, whatever its URL. */
  function begin(request: FastifyRequest, reply: FastifyReply): boolean {
    const { raw } = request;
    const { method, headers } = raw;
    const { origin } = headers;
    const state = new RequestState(request);
    request.state = state;
    // An answer that fails is closed too.
    reply.raw.on("error", ignore);
    // The only listener for the end of a request.
    reply.raw.on("close", () => {
      accessLog.record(request, reply);
      state.close();
    });
    if (origin !== undefined) clientErrors.remember(raw.socket, origin);
    reply.headers(answerHeaders.of(origin)).header("x-request-id", request.id);
    if (isDraining()) reply.header("connection", "close");
    if (method !== "OPTIONS") return false;
    const allowed = answerHeaders.ofPreflight(method, headers);
    if (allowed === undefined) return false;
    void reply.code(204).headers(allowed).send();
    return true;
  }

  const checkConnection = limitConnections(server.server, connections, metrics);
  const routes = createRouteTable();
  server.setValidatorCompiler(compileValidator);
  // sendProblem names the violations itself.
  server.setSchemaErrorFormatter(() => withoutStack(() => new Error("not as its schema says")));
  server.decorateRequest("state");
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler(() => {
    throw new Problem("ROUTE_NOT_FOUND");
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, parseJsonBody);
  answerExpectations(server.server);
  server.addHook("onRoute", (route) => {
    routes.add(route.method, route.url);
    route.config = { ...route.config, meter: accessLog.meterOf(route.url) };
  });
  // Hooks that await nothing are not async.
  server.addHook("onRequest", (request, reply, done) => {
    if (begin(request, reply)) return;
    checkHttp(request.raw);
    checkConnection(request);
    checkRoute(request, routes);
    limitBodyTime(request, clientErrors);
    done();
  });
  server.addHook("onSend", (request, reply, _payload, done) => {
    dropUnreadBody(request, reply);
    done();
  });
  return server;
}

function ignore(): void {}

/** Answers 404 or 405 before any later hook runs. */
function checkRoute({ raw: { url = "" }, state }: FastifyRequest, routes: RouteTable): void {
  if (url.length > URL_CHARACTERS_MAX) throw new Problem("URI_TOO_LONG");
  if (state.config.meter !== undefined) return;
  const methods = routes.methodsOf(url);
  if (methods.length === 0) throw new Problem("ROUTE_NOT_FOUND");
  throw new Problem("METHOD_NOT_ALLOWED", { headers: { allow: methods.join(", ") } });
}
