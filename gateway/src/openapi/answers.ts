import { Type } from "typebox";
import { PROBLEM_KINDS, type ProblemCode } from "#problems/codes.ts";
import { ProblemBodyReference } from "#schemas/problem.ts";

const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** The problems of every route. */
const EVERYWHERE = [
  "INVALID_ARGUMENT",
  "MALFORMED_URL",
  "UNAUTHENTICATED",
  "NOT_ACCEPTABLE",
  "URI_TOO_LONG",
  "RATE_LIMITED",
  "TOO_MANY_CONNECTIONS",
  "HEADERS_TOO_LARGE",
  "INTERNAL",
  "OVERLOADED",
  "SERVICE_UNAVAILABLE",
] as const satisfies readonly ProblemCode[];

/** The further problems of a route with a JSON body. */
export const JSON_PROBLEMS = [
  "MALFORMED_JSON",
  "REQUEST_TIMEOUT",
  "TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
] as const satisfies readonly ProblemCode[];

/** Returns the error answers of a route's schema: those of every route, and these. */
export function problems(...codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy([...EVERYWHERE, ...codes], (code) => PROBLEM_KINDS[code].status);
  const statuses = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(statuses.map(([status, ofStatus]) => [status, answer(ofStatus)]));
}

/** The security requirement of a route that needs an access token. */
export const SIGNED_IN: { readonly [name: string]: readonly string[] }[] = [{ accessToken: [] }];

/** A successful answer without a body. */
export const NoContent = Type.Unsafe<undefined>({ type: "null", description: "Done." });

/** The answer to a conditional read of unchanged bytes. */
export const NOT_MODIFIED = {
  304: Type.Unsafe<undefined>({
    type: "null",
    description: "Not modified: the client has these bytes.",
  }),
};

function answer(codes: readonly ProblemCode[]) {
  const description = codes.map((code) => `\`${code}\``).join(", ");
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: ProblemBodyReference } } };
}
