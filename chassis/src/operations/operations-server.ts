import { createServer, type ServerResponse } from "node:http";
import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { limitConnections } from "./limit-connections.ts";
import type { Answer, SwitchRequest } from "./operations-answer.ts";
import { answerReadOnly } from "./read-only-route.ts";
import { createMetricsPage, METRICS_CONTENT_TYPE } from "./render-metrics.ts";

const HEADER_BYTES_MAX = 8_192;
const REQUEST_MS_MAX = 5_000;
const CONNECTIONS_MAX = 64;
const TEXT = "text/plain; charset=utf-8";

/** The options of the operations server. */
interface OperationsServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The metrics of every app in the process. */
  readonly metrics: readonly Metrics[];
  /** Whether the process should receive traffic. Does not depend on other services. */
  readonly isReady: () => boolean;
  /** The read-only switch of the process's database, if it has one. */
  readonly readOnly?: ReadOnlySwitch;
}

/** The operations server, listening. */
export interface OperationsServer {
  readonly port: number;
  /** Closes the server and its connections. */
  readonly close: () => Promise<void>;
}

/**
 * Serves `GET /metrics`, the health checks `/healthz` (liveness) and `/readyz` (readiness, 200 or
 * 503), and `/read-only` if there is a switch: for a process without an HTTP server.
 *
 * @throws the socket's error if it can't listen, such as `EADDRINUSE`.
 */
export async function startOperationsServer(
  options: OperationsServerOptions,
): Promise<OperationsServer> {
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    headersTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: REQUEST_MS_MAX,
  };
  const context = { ...options, metricsPage: createMetricsPage(options.metrics) };
  const server = createServer(limits, (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const { method = "", socket } = request;
    answer({ method, path, address: socket.remoteAddress }, context).then(
      (answered) => send(response, answered),
      // A metric's own callback has a defect, and a scraper can do nothing about it.
      () => send(response, { status: 500, body: "The metrics could not be read.\n" }),
    );
  });
  limitConnections(server, CONNECTIONS_MAX);

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface AnswerContext extends Pick<OperationsServerOptions, "isReady" | "readOnly"> {
  readonly metricsPage: () => Promise<string>;
}

async function answer(
  { method, path, address }: SwitchRequest & { readonly path: string },
  { metricsPage, isReady, readOnly }: AnswerContext,
): Promise<Answer> {
  if (path === "/read-only" && readOnly !== undefined) {
    return answerReadOnly({ method, address }, readOnly);
  }
  if (path !== "/metrics" && path !== "/healthz" && path !== "/readyz") {
    const also = readOnly === undefined ? "" : ", and /read-only";
    return { status: 404, body: `Here are /metrics, /healthz and /readyz${also}.\n` };
  }
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, body: "Use GET.\n", allow: "GET, HEAD" };
  }
  if (path === "/metrics") {
    return { status: 200, body: await metricsPage(), type: METRICS_CONTENT_TYPE };
  }
  if (path === "/healthz") {
    return { status: 200, body: "alive\n" };
  }
  return isReady() ? { status: 200, body: "ready\n" } : { status: 503, body: "not ready\n" };
}

function send(response: ServerResponse, { status, body, type = TEXT, allow }: Answer): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...(allow !== undefined && { Allow: allow }),
  });
  response.end(body);
}
