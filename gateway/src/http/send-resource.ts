import type { FastifyReply, FastifyRequest } from "fastify";
import { resourceTag } from "#conditions/entity-tag.ts";
import { isNotModified } from "#conditions/read-condition.ts";

/** The content type of every JSON answer. */
export const JSON_CONTENT_TYPE = "application/json; charset=utf-8";

/** The answer with a single resource. */
export interface ResourceAnswer {
  /** 200 if not given. */
  readonly status?: 200 | 201;
  /** The version that the resource's service compares on a write. */
  readonly version: string;
  readonly body: object;
}

/**
 * Sends a single resource with its entity tag, or 304 if the client has the same bytes.
 *
 * @throws Problem ETAG_MISMATCH for a read that requires other bytes.
 */
export function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  { status = 200, version, body }: ResourceAnswer,
): FastifyReply {
  reply.code(status);
  const text = String(reply.serialize(body));
  const tag = resourceTag(version, text);
  reply.header("etag", tag);
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead && isNotModified(request.headers, tag)) return reply.code(304).send();
  return reply.type(JSON_CONTENT_TYPE).send(text);
}
