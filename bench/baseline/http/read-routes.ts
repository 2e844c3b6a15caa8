import type { FastifyInstance } from "fastify";
import type { Reads } from "#baseline/store/reads.ts";
import { type PageQuery, positionOf, toPage } from "./page-token.ts";
import { Problem } from "./problem.ts";
import { COMMENT_PAGE, ID_PARAMETERS, IMAGE, IMAGE_PAGE, PAGE_QUERY } from "./schemas.ts";
import { imageTag, toComment, toImage } from "./views.ts";

/** The path parameter of an image. */
export interface ImageRoute {
  readonly Params: { readonly id: string };
}

interface ListRoute {
  readonly Querystring: PageQuery;
}

/** Adds the hot reads. */
export function readRoutes(server: FastifyInstance, reads: Reads): void {
  server.get<ImageRoute>(
    "/v1/images/:id",
    { schema: { params: ID_PARAMETERS, response: { 200: IMAGE } } },
    async (request, reply) => {
      const row = await reads.image({ id: request.params.id, viewer: request.viewer });
      if (row === undefined) throw new Problem("IMAGE_NOT_FOUND");
      const tag = imageTag(row);
      reply.header("etag", tag);
      if (request.headers["if-none-match"] === tag) return reply.code(304).send();
      return toImage(row);
    },
  );

  server.get<ListRoute>(
    "/v1/images",
    { schema: { querystring: PAGE_QUERY, response: { 200: IMAGE_PAGE } } },
    async (request) => {
      const position = positionOf(request.query);
      const rows = await reads.imagePage({ ...position, viewer: request.viewer });
      const { items, nextPageToken } = toPage(rows, position.size);
      return { images: items.map(toImage), nextPageToken };
    },
  );

  server.get<ImageRoute & ListRoute>(
    "/v1/images/:id/comments",
    {
      schema: {
        params: ID_PARAMETERS,
        querystring: PAGE_QUERY,
        response: { 200: COMMENT_PAGE },
      },
    },
    async (request) => {
      const { id } = request.params;
      const position = positionOf(request.query);
      const rows = await reads.commentPage({ ...position, id, viewer: request.viewer });
      if (rows === undefined) throw new Problem("IMAGE_NOT_FOUND");
      const { items, nextPageToken } = toPage(rows, position.size);
      return { comments: items.map((row) => toComment(id, row)), nextPageToken };
    },
  );
}
