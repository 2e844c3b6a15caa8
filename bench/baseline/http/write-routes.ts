import type { FastifyInstance, FastifyReply } from "fastify";
import type { Database } from "#baseline/store/database.ts";
import { newId } from "#baseline/store/new-id.ts";
import type { SummaryColumns } from "#baseline/store/rows.ts";
import {
  DELETE_LIKE,
  INSERT_COMMENT,
  INSERT_LIKE,
  type Statement,
} from "#baseline/store/statements.ts";
import { Problem } from "./problem.ts";
import type { ImageRoute } from "./read-routes.ts";
import { COMMENT, ID_PARAMETERS, NEW_COMMENT } from "./schemas.ts";
import { userOf } from "./server.ts";
import { toComment } from "./views.ts";

interface CommentRoute extends ImageRoute {
  readonly Body: { readonly body: string; readonly parentId?: string | null };
}

interface InsertedComment extends SummaryColumns {
  readonly comments_open: boolean;
  readonly inserted: boolean;
}

/** Adds the writes of comments and likes. */
export function writeRoutes(server: FastifyInstance, database: Database): void {
  server.post<CommentRoute>(
    "/v1/images/:id/comments",
    { schema: { params: ID_PARAMETERS, body: NEW_COMMENT, response: { 201: COMMENT } } },
    async (request, reply) => {
      const authorId = userOf(request);
      const { id: imageId } = request.params;
      const { body, parentId = null } = request.body;
      const id = newId();
      const time = new Date().toISOString();
      const values = [imageId, id, authorId, parentId, body, time];
      const [row] = await database.rows<InsertedComment>(INSERT_COMMENT, values);
      if (row === undefined) throw new Problem("IMAGE_NOT_FOUND");
      if (!row.comments_open) throw new Problem("COMMENTS_CLOSED");
      if (!row.inserted) throw new Problem("PARENT_NOT_FOUND");
      reply.code(201).header("location", `/v1/comments/${id}`).header("etag", '"1"');
      return toComment(imageId, {
        ...row,
        id,
        author_id: authorId,
        parent_id: parentId,
        body,
        reply_count: 0,
        edited: false,
        deleted: false,
        version: 1,
        create_time: time,
        update_time: time,
      });
    },
  );

  async function change(
    statement: Statement,
    values: readonly [string, string],
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const rows = await database.rows(statement, values);
    if (rows.length === 0) throw new Problem("IMAGE_NOT_FOUND");
    return reply.code(204).send();
  }

  const schema = { params: ID_PARAMETERS } as const;
  server.put<ImageRoute>("/v1/images/:id/like", { schema }, (request, reply) =>
    change(INSERT_LIKE, [request.params.id, userOf(request)], reply),
  );
  server.delete<ImageRoute>("/v1/images/:id/like", { schema }, (request, reply) =>
    change(DELETE_LIKE, [request.params.id, userOf(request)], reply),
  );
}
