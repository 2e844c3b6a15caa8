import { randomUUID } from "node:crypto";

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** Returns a new request id. */
export function newRequestId(): string {
  return randomUUID();
}

/** Returns a request id from outside, or a new one if that is unfit for a log line. */
export function acceptRequestId(given: string | undefined): string {
  return given !== undefined && REQUEST_ID.test(given) ? given : newRequestId();
}
