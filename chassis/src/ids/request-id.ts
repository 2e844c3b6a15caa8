import { randomUUID } from "node:crypto";

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** Makes a request id. */
export function newRequestId(): string {
  return randomUUID();
}

/** Takes over a request id that came from outside, or makes one if that is unfit for a log line. */
export function acceptRequestId(given: string | undefined): string {
  return given !== undefined && REQUEST_ID.test(given) ? given : newRequestId();
}
