import type { FastifyRequest } from "fastify";
import { addressKeyOf } from "#http/address-key.ts";

/** Returns who a request is counted for: its user, or its address if it is anonymous. */
export function clientKeyOf(request: FastifyRequest): string {
  const { caller } = request.state;
  return caller.kind === "user" ? `user ${caller.userId}` : addressOf(request);
}

/** Returns the address that a request is counted for, also if its user is known. */
export function addressOf({ ip }: FastifyRequest): string {
  return `address ${addressKeyOf(ip)}`;
}
