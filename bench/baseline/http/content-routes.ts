import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { FastifyInstance, FastifyReply } from "fastify";
import { blobPath } from "#baseline/store/blobs.ts";
import type { Database } from "#baseline/store/database.ts";
import type { StoredVariant } from "#baseline/store/rows.ts";
import { SELECT_CONTENT } from "#baseline/store/statements.ts";
import { Problem } from "./problem.ts";
import type { ImageRoute } from "./read-routes.ts";
import { CONTENT_QUERY, ID_PARAMETERS } from "./schemas.ts";

interface ContentRoute extends ImageRoute {
  readonly Querystring: { readonly variant: string; readonly v?: string };
}

interface ContentRow {
  readonly owner_id: string;
  readonly visibility: string;
  readonly content_type: string;
  readonly blob_hash: string;
  readonly variants: readonly StoredVariant[];
}

interface Content {
  readonly hash: string;
  readonly contentType: string;
}

/** Smaller files are read in one piece: a stream costs more than it saves. */
const STREAMED_BYTES_MIN = 256 * 1024;

/** Adds the route of an image's bytes. */
export function contentRoutes(
  server: FastifyInstance,
  { database, blobs }: { readonly database: Database; readonly blobs: string },
): void {
  server.get<ContentRoute>(
    "/v1/images/:id/content",
    { schema: { params: ID_PARAMETERS, querystring: CONTENT_QUERY } },
    async (request, reply) => {
      const { id } = request.params;
      const { variant, v } = request.query;
      const [row] = await database.rows<ContentRow>(SELECT_CONTENT, [id]);
      const content = contentOf(row, { variant, viewer: request.viewer });
      const tag = `"${content.hash}"`;
      const isImmutable = v === content.hash && row?.visibility === "public";
      reply.headers({
        etag: tag,
        "accept-ranges": "bytes",
        "cache-control": cacheControl(isImmutable, variant),
        "content-security-policy": "default-src 'none'; sandbox",
      });
      if (request.headers["if-none-match"] === tag) return reply.code(304).send();
      return await sendFile(reply.type(content.contentType), blobPath(blobs, content.hash));
    },
  );
}

function contentOf(
  row: ContentRow | undefined,
  { variant, viewer }: { readonly variant: string; readonly viewer: string | undefined },
): Content {
  const isOwner = row !== undefined && row.owner_id === viewer;
  if (row === undefined || (row.visibility === "private" && !isOwner)) {
    throw new Problem("IMAGE_NOT_FOUND");
  }
  if (variant === "original") {
    if (!isOwner) throw new Problem("ORIGINAL_FORBIDDEN");
    return { hash: row.blob_hash, contentType: row.content_type };
  }
  const found = row.variants.find(({ name }) => name === variant);
  if (found === undefined) throw new Problem("VARIANT_NOT_FOUND");
  return found;
}

function cacheControl(isImmutable: boolean, variant: string): string {
  if (variant === "original") return "private, no-cache";
  return isImmutable ? "public, max-age=31536000, immutable" : "public, no-cache";
}

async function sendFile(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const { size } = await stat(path);
  reply.header("content-length", size);
  return reply.send(size < STREAMED_BYTES_MIN ? await readFile(path) : createReadStream(path));
}
