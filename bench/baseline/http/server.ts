import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Viewer } from "#baseline/store/reads.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { Problem, sendProblem } from "./problem.ts";
import { createRateLimit } from "./rate-limit.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The user who asks; undefined if anonymous. */
    viewer: Viewer;
  }
}

/** The limits, in requests a minute. */
export interface RateLimits {
  readonly user: number;
  readonly address: number;
}

/** What the server needs. */
export interface ServerOptions {
  readonly tokens: AccessTokens;
  readonly limits: RateLimits;
  readonly logger: Logger;
}

const BODY_BYTES_MAX = 64 * 1024;
const KEEP_ALIVE_MS = 72_000;
const BEARER = "Bearer ";
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The security headers of every answer: those of Triptych. */
const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
} as const;

/**
 * Creates the server: request ids, security headers, the token check, rate limits and the access
 * log. Its hooks return no promise where nothing is awaited, and no logger is made for a request.
 */
export function createServer({ tokens, limits, logger }: ServerOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId({ headers }) {
      const given = headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false } },
  });
  const countUser = createRateLimit(limits.user);
  const countAddress = createRateLimit(limits.address);

  function identify(request: FastifyRequest, viewer: Viewer): void {
    request.viewer = viewer;
    if (viewer === undefined) countAddress(request.ip);
    else countUser(viewer);
  }

  server.decorateRequest("viewer", undefined);
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler(() => {
    throw new Problem("ROUTE_NOT_FOUND");
  });
  server.addHook("onRequest", (request, reply, done) => {
    const { method, headers } = request;
    reply.headers(SECURITY_HEADERS);
    reply.header("x-request-id", request.id);
    reply.header("cache-control", method === "GET" ? "private, no-cache" : "no-store");
    const { authorization } = headers;
    if (authorization === undefined) return finish(done, () => identify(request, undefined));
    if (!authorization.startsWith(BEARER)) return done(new Problem("UNAUTHENTICATED"));
    const token = authorization.slice(BEARER.length);
    const known = tokens.known(token);
    if (known !== undefined) return finish(done, () => identify(request, known));
    tokens.verify(token).then((viewer) => finish(done, () => identify(request, viewer)), done);
  });
  server.addHook("onResponse", (request, reply, done) => {
    const { id: requestId, method } = request;
    const route = request.routeOptions.url ?? "none";
    const ms = Math.round(reply.elapsedTime * 1_000) / 1_000;
    logger.info({ requestId, method, route, status: reply.statusCode, ms }, "request");
    done();
  });
  return server;
}

function finish(done: (error?: Error) => void, step: () => void): void {
  let failure: Error | undefined;
  try {
    step();
  } catch (error) {
    failure = error as Error;
  }
  done(failure);
}

/** Returns the user who asks. Throws UNAUTHENTICATED. */
export function userOf(request: FastifyRequest): string {
  if (request.viewer === undefined) throw new Problem("UNAUTHENTICATED");
  return request.viewer;
}
