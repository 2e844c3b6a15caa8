import type { FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { parseEntityTags, versionOf } from "./entity-tag.ts";

/**
 * Converts `If-Match` to the `etag` that a service compares in the transaction of the write. Empty:
 * no condition. `readCurrent` is called only if the header has several versions.
 *
 * @throws Problem ETAG_MISMATCH if no tag can be the current one.
 */
export async function writeCondition(
  request: FastifyRequest,
  readCurrent: () => Promise<{ readonly etag: string }>,
): Promise<string> {
  const header = request.headers["if-match"];
  if (header === undefined) return "";
  const tags = parseEntityTags(header);
  if (tags === "*") return "";
  const versions = new Set((tags ?? []).map(versionOf).filter((version) => version !== undefined));
  const [first, second] = versions;
  if (first === undefined) throw new Problem("ETAG_MISMATCH");
  if (second === undefined) return first;
  const { etag } = await readCurrent();
  if (!versions.has(etag)) throw new Problem("ETAG_MISMATCH");
  return etag;
}

/** Refuses every `If-Match` but `*`, for a resource without a tag. */
export function refuseTags(request: FastifyRequest): void {
  const header = request.headers["if-match"];
  if (header !== undefined && parseEntityTags(header) !== "*") throw new Problem("ETAG_MISMATCH");
}
