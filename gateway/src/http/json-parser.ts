import type { FastifyRequest } from "fastify";
import { invalidFields, Problem } from "#problems/problem.ts";
import { findTextViolations } from "./text-violations.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/**
 * Parses a JSON body. Refuses what no schema can describe: bytes that are not UTF-8, and texts that
 * no database can store. A member named `__proto__` needs no care: JSON.parse makes it an own
 * property, and the schema refuses it by name.
 *
 * @returns undefined for an empty body, which the route's schema refuses if it requires one.
 */
export async function parseJsonBody(request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  const charset = CHARSET.exec(request.headers["content-type"] ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new Problem("UNSUPPORTED_MEDIA_TYPE", { detail: "JSON must be sent in UTF-8." });
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new Problem("UNSUPPORTED_MEDIA_TYPE", { detail: "Send the body uncompressed." });
  }
  if (bytes.length === 0) return undefined;
  const body = parse(decode(bytes));
  const violations = findTextViolations(body);
  if (violations.length > 0) throw invalidFields(violations);
  return body;
}

function decode(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new Problem("MALFORMED_JSON", { detail: "The body is not UTF-8." });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message is dropped: it repeats the body, which may hold a password.
    throw new Problem("MALFORMED_JSON", { detail: "The body is not JSON: its syntax is wrong." });
  }
}
