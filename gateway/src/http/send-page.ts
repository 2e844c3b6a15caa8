import type { FastifyReply } from "fastify";
import { JSON_CONTENT_TYPE } from "./send-resource.ts";

/**
 * Sends a page that is written as JSON already. Fastify does not serialize it, so the response
 * schema of its route only documents it: the type of its view is what keeps it to that.
 */
export function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.type(JSON_CONTENT_TYPE).send(text);
}
