import type { FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { type EntityTag, parseEntityTags, versionOf } from "./entity-tag.ts";

/**
 * An etag that no resource has. The service, which compares it, answers with a better reason first
 * if there is one: there is no such resource, or it is another user's (RFC 9110, 13.2.1).
 */
const NEVER = "never";

/** Reads the resource that is to be written. */
type ReadCurrent = () => Promise<{ readonly etag: string }>;

/**
 * Converts `If-Match` and `If-None-Match` to the `etag` that a service compares in the transaction
 * of the write, which fails with ETAG_MISMATCH if it differs. Empty: no condition. `readCurrent` is
 * called only if a header leaves several versions.
 */
export async function writeCondition(
  { headers }: FastifyRequest,
  readCurrent: ReadCurrent,
): Promise<string> {
  if (await isForbidden(headers["if-none-match"], readCurrent)) return NEVER;
  return requiredVersion(headers["if-match"], readCurrent);
}

/** Refuses every `If-Match` but `*`, for a resource without a tag. */
export function refuseTags(request: FastifyRequest): void {
  const header = request.headers["if-match"];
  if (header !== undefined && parseEntityTags(header) !== "*") throw new Problem("ETAG_MISMATCH");
}

async function requiredVersion(
  header: string | undefined,
  readCurrent: ReadCurrent,
): Promise<string> {
  if (header === undefined) return "";
  const tags = parseEntityTags(header);
  if (tags === "*") return "";
  const versions = versionsOf(tags?.filter(({ weak }) => !weak));
  const [first = NEVER, second] = versions;
  if (second === undefined) return first;
  const { etag } = await readCurrent();
  return versions.has(etag) ? etag : NEVER;
}

/**
 * Whether `If-None-Match` forbids the write of the current version. A version that was read before
 * the write never comes back, so no transaction is needed.
 */
async function isForbidden(header: string | undefined, readCurrent: ReadCurrent): Promise<boolean> {
  if (header === undefined) return false;
  const tags = parseEntityTags(header);
  if (tags === "*") return true;
  const versions = versionsOf(tags);
  return versions.size > 0 && versions.has((await readCurrent()).etag);
}

function versionsOf(tags: readonly EntityTag[] = []): ReadonlySet<string> {
  return new Set(tags.map(versionOf).filter((version) => version !== undefined));
}
