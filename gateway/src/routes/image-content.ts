import { Readable } from "node:stream";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import type { ContentHeader } from "@triptych/protos/images/v1/image_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { Type } from "typebox";
import type { Clients } from "#clients/clients.ts";
import { openContent } from "#content/open-content.ts";
import { contextOf } from "#guard/calls.ts";
import { waitsFor } from "#guard/route-calls.ts";
import { accepts } from "#http/acceptable.ts";
import type { ApiServer } from "#http/api-server.ts";
import { matchesNone } from "#http/entity-tag.ts";
import { NOT_MODIFIED, problems } from "#openapi/answers.ts";
import { Problem } from "#problems/problem.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { ContentQuery, type Variant } from "#schemas/images.ts";

const Bytes = Type.Unsafe<unknown>({
  type: "string",
  contentMediaType: "application/octet-stream",
});
const CONTENT = { description: "The bytes.", content: { "image/*": { schema: Bytes } } };
const PART = { description: "The range of bytes.", content: { "image/*": { schema: Bytes } } };

/** Nothing in an image may run, even if a browser opens it as a page. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox";

/** Adds the route of an image's bytes, which flow as fast as the client reads: backpressure. */
export function imageContentRoutes(server: ApiServer, { images }: Pick<Clients, "images">): void {
  server.get(
    "/v1/images/:id/content",
    {
      config: waitsFor(ImageService.method.downloadImage),
      schema: {
        operationId: "getImageContent",
        tags: ["images"],
        summary: "Get the bytes of an image",
        description: "Honours `Range`, `If-Range` and `If-None-Match`.",
        params: IdParameters,
        querystring: ContentQuery,
        response: {
          200: CONTENT,
          206: PART,
          ...NOT_MODIFIED,
          ...problems(
            "IMAGE_NOT_FOUND",
            "VARIANT_NOT_FOUND",
            "ORIGINAL_FORBIDDEN",
            "RANGE_NOT_SATISFIABLE",
          ),
        },
      },
    },
    async (request, reply) => {
      const { headers } = request;
      const context = contextOf(request);
      const { variant = "large", v } = request.query;
      const content = await openContent(
        images,
        { id: request.params.id, variant },
        { headers, context },
      );
      const { header } = content;
      const tag = `"${header.version}"`;
      reply.headers(headersOf(content.header, { id: request.params.id, variant, v }));
      if (matchesNone(headers["if-none-match"], tag)) {
        await content.close();
        return reply.removeHeader("content-disposition").code(304).send();
      }
      if (!accepts(headers.accept, [header.contentType])) {
        await content.close();
        throw new Problem("NOT_ACCEPTABLE", { detail: `These bytes are ${header.contentType}.` });
      }
      reply.type(header.contentType).header("content-length", header.length);
      if (content.isPart) {
        const last = header.first + header.length - 1;
        reply
          .code(206)
          .header("content-range", `bytes ${header.first}-${last}/${header.sizeBytes}`);
      }
      if (request.method === "HEAD") {
        await content.close();
        // For a stream, even an empty one, fastify does not overwrite content-length.
        return reply.send(Readable.from([]));
      }
      return reply.send(Readable.from(content.chunks(), { objectMode: false }));
    },
  );
}

/** The parts of a request's URL. */
interface ContentUrl {
  readonly id: string;
  readonly variant: Variant["name"];
  readonly v?: string;
}

function headersOf(header: ContentHeader, url: ContentUrl): Record<string, string> {
  return {
    etag: `"${header.version}"`,
    "accept-ranges": "bytes",
    "cache-control": cacheControl(header, url),
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "content-disposition": disposition(header, url),
    "cross-origin-resource-policy":
      header.visibility === Visibility.PUBLIC ? "cross-origin" : "same-origin",
  };
}

/**
 * The versioned URL of a public image never has other bytes, so it is cached for a year. Everything
 * else is revalidated.
 */
function cacheControl({ visibility, version }: ContentHeader, { variant, v }: ContentUrl): string {
  if (visibility !== Visibility.PUBLIC || variant === "original") return "private, no-cache";
  return v === version ? "public, max-age=31536000, immutable" : "public, no-cache";
}

function disposition({ contentType }: ContentHeader, { id, variant }: ContentUrl): string {
  const ending = /^image\/([a-z0-9]+)$/.exec(contentType)?.[1] ?? "bin";
  const kind = variant === "original" ? "attachment" : "inline";
  return `${kind}; filename="${id}-${variant}.${ending}"`;
}
