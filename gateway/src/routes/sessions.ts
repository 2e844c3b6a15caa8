import assert from "node:assert";
import type {
  CreateSessionResponse,
  RefreshSessionResponse,
} from "@triptych/protos/users/v1/user_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Clients } from "#clients/clients.ts";
import { toText } from "#compose/moment-text.ts";
import { toSelf } from "#compose/user-view.ts";
import { refuseTags } from "#conditions/write-condition.ts";
import { contextOf, requireUser, userOf } from "#guard/calls.ts";
import type { FairPlaces } from "#guard/fair-places.ts";
import type { RateLimits } from "#guard/rate-limits.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { JSON_PROBLEMS, NoContent, problems, SIGNED_IN } from "#openapi/answers.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { PageQuery, pageOf } from "#schemas/page.ts";
import {
  NewSession,
  OpenSessionPage,
  type Session,
  SessionReference,
  SessionRefresh,
} from "#schemas/sessions.ts";

/** A longer `User-Agent` is cut. */
const USER_AGENT_CHARACTERS_MAX = 256;

/** The dependencies of the routes of sessions. */
export type SessionRouteDependencies = Pick<Clients, "users"> & {
  readonly limits: RateLimits;
  readonly places: FairPlaces;
};

/** Adds the routes of signing in and out. */
export function sessionRoutes(server: ApiServer, dependencies: SessionRouteDependencies): void {
  tokenRoutes(server, dependencies);
  openSessionRoutes(server, dependencies);
  signOutRoutes(server, dependencies);
}

function tokenRoutes(server: ApiServer, { users, limits, places }: SessionRouteDependencies): void {
  server.post(
    "/v1/sessions",
    {
      config: waitsFor(UserService.method.createSession),
      onRequest: (request) => limits.countSignInAddress(request),
      // The login is in the body. It is counted before its password is hashed.
      preHandler: [(request) => limits.countSignIn(request), places.forHashing],
      schema: {
        operationId: "createSession",
        tags: ["sessions"],
        summary: "Sign in",
        body: NewSession,
        response: {
          201: SessionReference,
          ...problems(...JSON_PROBLEMS, "BAD_CREDENTIALS", "HASHING_OVERLOADED", "READ_ONLY"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const given = request.headers["user-agent"] ?? "";
      const userAgent = given.slice(0, USER_AGENT_CHARACTERS_MAX);
      const opened = await users.createSession({ ...request.body, userAgent }, context);
      return reply.code(201).send(toSession(opened));
    },
  );

  server.post(
    "/v1/sessions/refresh",
    {
      config: waitsFor(UserService.method.refreshSession),
      schema: {
        operationId: "refreshSession",
        tags: ["sessions"],
        summary: "Get new tokens",
        description:
          "The refresh token is valid for one use; using it twice ends the session: `SESSION_REVOKED`.",
        body: SessionRefresh,
        response: {
          200: SessionReference,
          ...problems(...JSON_PROBLEMS, "SESSION_REVOKED", "READ_ONLY"),
        },
      },
    },
    async (request) => {
      const context = contextOf(request);
      return toSession(await users.refreshSession(request.body, context));
    },
  );
}

function openSessionRoutes(server: ApiServer, { users }: SessionRouteDependencies): void {
  server.get(
    "/v1/sessions",
    {
      config: waitsFor(UserService.method.listSessions),
      onRequest: requireUser,
      schema: {
        operationId: "listSessions",
        tags: ["sessions"],
        summary: "List one's open sessions, newest first",
        security: SIGNED_IN,
        querystring: PageQuery,
        response: { 200: OpenSessionPage, ...problems() },
      },
    },
    async (request) => {
      const context = contextOf(request);
      const page = await users.listSessions(pageOf(request.query), context);
      const { sessionId } = userOf(context);
      const sessions = page.sessions.map((session) => ({
        id: session.id,
        userAgent: session.userAgent,
        current: session.id === sessionId,
        createTime: toText(session.createTime),
        lastUseTime: toText(session.refreshTime),
        expireTime: toText(session.expireTime),
      }));
      return { sessions, nextPageToken: page.nextPageToken || null };
    },
  );
}

function signOutRoutes(server: ApiServer, { users }: SessionRouteDependencies): void {
  server.delete(
    "/v1/sessions/current",
    {
      config: waitsFor(UserService.method.deleteSession),
      onRequest: requireUser,
      schema: {
        operationId: "deleteCurrentSession",
        tags: ["sessions"],
        summary: "Sign out",
        security: SIGNED_IN,
        response: {
          204: NoContent,
          ...problems("SESSION_NOT_FOUND", "ETAG_MISMATCH", "READ_ONLY"),
        },
      },
    },
    async (request, reply) => {
      refuseTags(request);
      const context = contextOf(request);
      await users.deleteSession({ id: userOf(context).sessionId }, context);
      return reply.code(204).send();
    },
  );

  server.delete(
    "/v1/sessions/:id",
    {
      config: waitsFor(UserService.method.deleteSession),
      onRequest: requireUser,
      schema: {
        operationId: "deleteSession",
        tags: ["sessions"],
        summary: "End one of one's sessions",
        security: SIGNED_IN,
        params: IdParameters,
        response: {
          204: NoContent,
          ...problems("SESSION_NOT_FOUND", "ETAG_MISMATCH", "READ_ONLY"),
        },
      },
    },
    async (request, reply) => {
      refuseTags(request);
      const context = contextOf(request);
      await users.deleteSession({ id: request.params.id }, context);
      return reply.code(204).send();
    },
  );
}

function toSession({ tokens, user }: CreateSessionResponse | RefreshSessionResponse): Session {
  assert(tokens && user, "a session is given with its tokens and its user");
  return {
    accessToken: tokens.accessToken,
    tokenType: "Bearer",
    expiresIn: tokens.expiresInSeconds,
    refreshToken: tokens.refreshToken,
    user: toSelf(user),
  };
}
