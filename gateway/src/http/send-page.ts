import type { FastifyReply } from "fastify";
import { JSON_CONTENT_TYPE } from "./send-resource.ts";

/** Sends a page that is written as JSON already. */
export function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.type(JSON_CONTENT_TYPE).send(text);
}
