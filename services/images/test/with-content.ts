import { createHash } from "node:crypto";
import { createContentParts } from "#blobs/content-parts.ts";
import type { ObjectContent } from "#blobs/objects.ts";
import { openScratchFile } from "#blobs/scratch.ts";

/** Lends bytes as what is put into a bucket. */
export async function withContent<Result>(
  bytes: Buffer,
  use: (content: ObjectContent) => Promise<Result>,
): Promise<Result> {
  await using file = await openScratchFile();
  await file.write(bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const parts = createContentParts();
  parts.push(bytes);
  return await use({ file, sizeBytes: bytes.length, sha256, parts: parts.end() });
}
