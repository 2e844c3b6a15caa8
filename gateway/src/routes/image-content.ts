import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { streamLimitsOf } from "@triptych/chassis/contract/method-policy";
import { ExtraCallBudget } from "@triptych/chassis/rpc/client/second-try";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import type { ContentHeader } from "@triptych/protos/images/v1/image_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { Type } from "typebox";
import type { Clients } from "#clients/clients.ts";
import { isNotModified } from "#conditions/read-condition.ts";
import { contentTag, type OpenContent, openContent } from "#content/open-content.ts";
import { contextOf } from "#guard/calls.ts";
import type { FairPlaces } from "#guard/fair-places.ts";
import { waitsFor } from "#guard/route-calls.ts";
import { accepts } from "#http/acceptable.ts";
import type { ApiServer } from "#http/api-server.ts";
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

const { silenceMs: SILENCE_MS_MAX } = streamLimitsOf(ImageService.method.downloadImage);

/** Nothing in an image may run, even if a browser opens it as a page. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox";

/** The visibilities of images whose variants anybody may get who knows the URL. */
const SHOWN_TO_ANYBODY: ReadonlySet<Visibility> = new Set([Visibility.PUBLIC, Visibility.UNLISTED]);

/** Adds the route of an image's bytes, which flow as fast as the client reads: backpressure. */
export function imageContentRoutes(
  server: ApiServer,
  { images, places }: Pick<Clients, "images"> & { readonly places: FairPlaces },
): void {
  const resumes = new ExtraCallBudget();

  server.get(
    "/v1/images/:id/content",
    {
      config: waitsFor(ImageService.method.downloadImage),
      preHandler: places.forDownload,
      schema: {
        operationId: "getImageContent",
        tags: ["images"],
        summary: "Get the bytes of an image",
        description: "Honours `Range`, `If-Range`, `If-Match` and `If-None-Match`.",
        params: IdParameters,
        querystring: ContentQuery,
        response: {
          200: CONTENT,
          206: PART,
          ...NOT_MODIFIED,
          ...problems(
            "IMAGE_NOT_FOUND",
            "VARIANT_NOT_FOUND",
            "BYTES_MISSING",
            "ORIGINAL_FORBIDDEN",
            "ETAG_MISMATCH",
            "RANGE_NOT_SATISFIABLE",
            "TOO_MANY_DOWNLOADS",
            "DOWNLOADS_OVERLOADED",
          ),
        },
      },
    },
    async (request, reply) => {
      // A slow reader is not gone: only a connection that takes nothing for so long is given up.
      request.raw.socket.setTimeout(SILENCE_MS_MAX);
      const { method, headers } = request;
      const context = contextOf(request);
      const { variant = "large", v } = request.query;
      const content = await openContent(
        images,
        { id: request.params.id, variant },
        { method, headers, context, resumes },
      );
      const { header } = content;
      reply.headers(headersOf(header, { id: request.params.id, variant, v }));
      if (!(await isWanted(content, headers))) {
        return reply.removeHeader("content-disposition").code(304).send();
      }
      reply.type(header.contentType).header("content-length", header.length);
      if (content.isPart) {
        const last = header.first + header.length - 1;
        reply
          .code(206)
          .header("content-range", `bytes ${header.first}-${last}/${header.sizeBytes}`);
      }
      if (method === "HEAD") {
        await content.close();
        // For a stream, even an empty one, fastify does not overwrite content-length.
        return reply.send(Readable.from([]));
      }
      return reply.send(Readable.from(content.chunks(), { objectMode: false }));
    },
  );
}

/**
 * Whether the client wants the bytes of a download, and does not have them. Closes the download
 * otherwise. Throws NOT_ACCEPTABLE before it looks at preconditions: they count only for an answer
 * that would succeed without them (RFC 9110, 13.2.1).
 */
async function isWanted(content: OpenContent, headers: IncomingHttpHeaders): Promise<boolean> {
  const { contentType } = content.header;
  let isWanted = false;
  try {
    if (!accepts(headers.accept, [contentType])) {
      throw new Problem("NOT_ACCEPTABLE", { detail: `These bytes are ${contentType}.` });
    }
    isWanted = !isNotModified(headers, contentTag(content.header));
  } finally {
    if (!isWanted) await content.close();
  }
  return isWanted;
}

/** The parts of a request's URL. */
interface ContentUrl {
  readonly id: string;
  readonly variant: Variant["name"];
  readonly v?: string;
}

function headersOf(header: ContentHeader, url: ContentUrl): Record<string, string> {
  return {
    etag: contentTag(header),
    "accept-ranges": "bytes",
    "cache-control": cacheControl(header, url),
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "content-disposition": disposition(header, url),
    "cross-origin-resource-policy": needsToken(header, url) ? "same-origin" : "cross-origin",
  };
}

/**
 * Whether bytes need a token. All others may be shown by `<img>` on any site, which can't send one.
 */
function needsToken({ visibility }: ContentHeader, { variant }: ContentUrl): boolean {
  return variant === "original" || !SHOWN_TO_ANYBODY.has(visibility);
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
