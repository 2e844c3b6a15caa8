import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { ApiServer } from "#http/api-server.ts";

const DESCRIPTION = `Share images. Register, sign in, upload, comment.

Errors are \`application/problem+json\` with a stable \`code\`. An answer that lacks something, because a service was
unavailable, says so in \`degraded\`. Single resources carry an \`ETag\`: \`If-None-Match\` gives 304, \`If-Match\` guards a write.
Lists are paged by \`pageSize\` and \`pageToken\`.`;

/** The options by which the OpenAPI document is generated from the routes' schemas. */
export const OPENAPI_OPTIONS: FastifyDynamicSwaggerOptions = {
  mode: "dynamic",
  openapi: {
    openapi: "3.1.0",
    info: { title: "Triptych", version: "1.0.0", description: DESCRIPTION },
    // Every route accepts a token; the schema of a route that requires one says so.
    security: [{}, { accessToken: [] }],
    tags: [
      { name: "users", description: "Accounts and profiles" },
      { name: "sessions", description: "Signing in and out" },
      { name: "images", description: "Images and their bytes" },
      { name: "likes", description: "Likes of images" },
      { name: "comments", description: "Comments in threads" },
      { name: "operations", description: "For operators" },
    ],
    components: {
      securitySchemes: {
        accessToken: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "The `accessToken` of a session.",
        },
      },
    },
  },
  transformObject: (document) =>
    "openapiObject" in document ? describeSuccess(document.openapiObject) : document.swaggerObject,
  refResolver: {
    buildLocalReference: (json, _baseUri, _fragment, index) => String(json.$id ?? index),
  },
};

/** Adds the route of the OpenAPI document. */
export function openApiRoutes(server: ApiServer): void {
  server.get("/openapi.json", { schema: { hide: true } }, async (_request, reply) =>
    reply.header("cache-control", "no-cache").send(server.swagger()),
  );
}

const SUCCESS: Readonly<Record<string, string>> = { 200: "The resource.", 201: "Created." };

/** Adds the description that the generator leaves out for an answer that only refers to a shape. */
function describeSuccess<D extends { readonly paths?: object }>(document: D): D {
  for (const path of Object.values(document.paths ?? {})) {
    for (const { responses = {} } of Object.values(path as Record<string, Operation>)) {
      for (const [status, response] of Object.entries(responses)) {
        if (response.description === "Default Response") {
          response.description = SUCCESS[status] ?? "";
        }
      }
    }
  }
  return document;
}

interface Operation {
  readonly responses?: Record<string, { description: string }>;
}
