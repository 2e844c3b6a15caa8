import type { IncomingHttpHeaders } from "node:http";
import { type Cors, createCors } from "./cors.ts";

/**
 * The security headers of every answer, as helmet sets them for an API. A table and not a hook, so
 * that answers have them for which no hook runs: to a malformed URL, or to bytes that are not HTTP.
 * `Strict-Transport-Security` is for the proxy that terminates TLS to set.
 */
export const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
} as const;

/** The headers of every answer, whatever it answers. */
export interface AnswerHeaders {
  /** Returns the headers of an answer to a page of an origin; undefined if it sends none. */
  of(origin: string | undefined): Readonly<Record<string, string>>;
  /** Returns the further headers of the answer to a preflight request; undefined for any other. */
  ofPreflight(
    method: string,
    headers: IncomingHttpHeaders,
  ): Readonly<Record<string, string>> | undefined;
}

/** Creates the headers of a server whose pages may be of these origins; `*` stands for all. */
export function createAnswerHeaders(corsOrigins: readonly string[]): AnswerHeaders {
  if (corsOrigins.length === 0) {
    return { of: () => SECURITY_HEADERS, ofPreflight: () => undefined };
  }
  const cors: Cors = createCors(corsOrigins);
  const prepare = (origin?: string) => ({ ...SECURITY_HEADERS, ...cors.headersOf(origin) });
  const others = prepare();
  const prepared = new Map(corsOrigins.map((origin) => [origin, prepare(origin)]));
  return {
    of: (origin) => (origin === undefined ? others : (prepared.get(origin) ?? others)),
    ofPreflight: cors.preflightHeaders,
  };
}
