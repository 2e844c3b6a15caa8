import type { IncomingHttpHeaders } from "node:http";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/** The headers of requests that a page may send. */
const REQUEST_HEADERS = [
  "authorization",
  "content-type",
  "if-match",
  "if-none-match",
  "if-range",
  "range",
  "x-explain",
  "x-request-id",
];
/** The headers of answers that a page may read, besides those that it may always read. */
const EXPOSED_HEADERS = [
  "accept-ranges",
  "allow",
  "content-disposition",
  "content-range",
  "etag",
  "location",
  "retry-after",
  "www-authenticate",
  "x-explain",
  "x-request-id",
];
/** For how long a browser need not ask again. */
const MAX_AGE_SECONDS = 600;

/**
 * Cross-origin resource sharing (CORS), as the Fetch standard says. There are no credentials in its
 * sense: a page sets the header with its token by itself.
 */
export interface Cors {
  /** Returns the headers of every answer to a page of an origin; undefined if it sends none. */
  headersOf(origin: string | undefined): Readonly<Record<string, string>>;
  /** Returns the further headers of the answer to a preflight request; undefined for any other. */
  preflightHeaders(
    method: string,
    headers: IncomingHttpHeaders,
  ): Readonly<Record<string, string>> | undefined;
}

/** Creates the CORS of these origins, of which `*` stands for all. */
export function createCors(origins: readonly string[]): Cors {
  const exposed = { "access-control-expose-headers": EXPOSED_HEADERS.join(", ") };
  const allowed = {
    "access-control-allow-methods": METHODS.join(", "),
    "access-control-allow-headers": REQUEST_HEADERS.join(", "),
    "access-control-max-age": String(MAX_AGE_SECONDS),
  };
  const anyOrigin = { ...exposed, "access-control-allow-origin": "*" };
  const noOrigin = { ...exposed, vary: "origin" };

  return {
    headersOf(origin) {
      if (origins.includes("*")) return anyOrigin;
      if (origin === undefined || !origins.includes(origin)) return noOrigin;
      return { ...noOrigin, "access-control-allow-origin": origin };
    },
    preflightHeaders(method, headers) {
      const isPreflight =
        method === "OPTIONS" &&
        headers.origin !== undefined &&
        headers["access-control-request-method"] !== undefined;
      return isPreflight ? allowed : undefined;
    },
  };
}
