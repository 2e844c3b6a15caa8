import { randomUUID } from "node:crypto";

/**
 * The characters of an id that can be shown anywhere as it is: in a header, a log line, a page. An
 * id with others is taken for none.
 */
const REQUEST_ID = /^[A-Za-z0-9._\-:/]{1,128}$/;

/** Returns a new request id. */
export function newRequestId(): string {
  return randomUUID();
}

/** Returns a request id from outside, or a new one unless there is one fit id. */
export function acceptRequestId(given: string | readonly string[] | undefined): string {
  const only = typeof given === "string" || given === undefined ? given : single(given);
  return only !== undefined && REQUEST_ID.test(only) ? only : newRequestId();
}

function single(given: readonly string[]): string | undefined {
  return given.length === 1 ? given[0] : undefined;
}
