import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Clients } from "#clients/clients.ts";
import { toSelf, toUser } from "#compose/user-view.ts";
import { writeCondition } from "#conditions/write-condition.ts";
import { contextOf, requireUser, userOf } from "#guard/calls.ts";
import type { FairPlaces } from "#guard/fair-places.ts";
import type { RateLimits } from "#guard/rate-limits.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { changedPaths } from "#http/changed-paths.ts";
import { sendResource } from "#http/send-resource.ts";
import { JSON_PROBLEMS, NOT_MODIFIED, problems, SIGNED_IN } from "#openapi/answers.ts";
import { invalidFields } from "#problems/problem.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { pageOf } from "#schemas/page.ts";
import { NewUser, UserChange, UserPage, UserQuery, UserReference } from "#schemas/users.ts";

/** The dependencies of the routes of users. */
export type UserRouteDependencies = Pick<Clients, "users"> & {
  readonly limits: RateLimits;
  readonly places: FairPlaces;
};

/** Adds the routes of accounts and profiles. */
export function userRoutes(server: ApiServer, dependencies: UserRouteDependencies): void {
  signUpRoutes(server, dependencies);
  profileRoutes(server, dependencies);
  ownProfileRoutes(server, dependencies);
}

function signUpRoutes(server: ApiServer, { users, limits, places }: UserRouteDependencies): void {
  server.post(
    "/v1/users",
    {
      config: waitsFor(UserService.method.createUser),
      onRequest: (request) => limits.countSignUp(request),
      preHandler: places.forHashing,
      schema: {
        operationId: "createUser",
        tags: ["users"],
        summary: "Create an account",
        body: NewUser,
        response: {
          201: UserReference,
          ...problems(
            ...JSON_PROBLEMS,
            "HANDLE_TAKEN",
            "EMAIL_TAKEN",
            "HASHING_OVERLOADED",
            "READ_ONLY",
          ),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const user = await users.createUser(request.body, context);
      reply.header("location", `/v1/users/${user.id}`);
      return sendResource(request, reply, { status: 201, version: user.etag, body: toSelf(user) });
    },
  );
}

function profileRoutes(server: ApiServer, { users }: UserRouteDependencies): void {
  server.get(
    "/v1/users",
    {
      config: waitsFor(UserService.method.listUsers),
      schema: {
        operationId: "listUsers",
        tags: ["users"],
        summary: "Find users",
        description: "By `handle`, or by the `query` that a handle or display name begins with.",
        querystring: UserQuery,
        response: { 200: UserPage, ...problems() },
      },
    },
    async (request) => {
      const { handle, query } = request.query;
      if (handle === undefined && query === undefined) {
        const message = "is required: either handle or query";
        throw invalidFields(["handle", "query"].map((field) => ({ field, message })));
      }
      const context = contextOf(request);
      const page = await users.listUsers({ handle, query, ...pageOf(request.query) }, context);
      return { users: page.users.map(toUser), nextPageToken: page.nextPageToken || null };
    },
  );

  server.get(
    "/v1/users/:id",
    {
      config: waitsFor(UserService.method.getUser),
      schema: {
        operationId: "getUser",
        tags: ["users"],
        summary: "Get a user",
        params: IdParameters,
        response: {
          200: UserReference,
          ...NOT_MODIFIED,
          ...problems("USER_NOT_FOUND", "ETAG_MISMATCH"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const user = await users.getUser({ id: request.params.id }, context);
      return sendResource(request, reply, { version: user.etag, body: toSelf(user) });
    },
  );
}

function ownProfileRoutes(server: ApiServer, { users }: UserRouteDependencies): void {
  server.get(
    "/v1/users/me",
    {
      config: waitsFor(UserService.method.getUser),
      onRequest: requireUser,
      schema: {
        operationId: "getMe",
        tags: ["users"],
        summary: "Get oneself, with the e-mail address",
        security: SIGNED_IN,
        response: { 200: UserReference, ...NOT_MODIFIED, ...problems("ETAG_MISMATCH") },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const user = await users.getUser({ id: userOf(context).userId }, context);
      return sendResource(request, reply, { version: user.etag, body: toSelf(user) });
    },
  );

  server.patch(
    "/v1/users/me",
    {
      config: waitsFor(UserService.method.updateUser, UserService.method.getUser),
      onRequest: requireUser,
      schema: {
        operationId: "updateMe",
        tags: ["users"],
        summary: "Change one's profile",
        description: "Changes only the given members. Honours `If-Match`.",
        security: SIGNED_IN,
        body: UserChange,
        response: {
          200: UserReference,
          ...problems(...JSON_PROBLEMS, "ETAG_MISMATCH", "AVATAR_NOT_USABLE", "READ_ONLY"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const id = userOf(context).userId;
      const etag = await writeCondition(request, () => users.getUser({ id }, context));
      const { avatarImageId, ...texts } = request.body;
      const user = await users.updateUser(
        {
          user: { id, etag, ...texts, avatarImageId: avatarImageId ?? undefined },
          updateMask: { paths: changedPaths(request.body) },
        },
        context,
      );
      return sendResource(request, reply, { version: user.etag, body: toSelf(user) });
    },
  );
}
