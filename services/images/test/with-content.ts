import { createHash } from "node:crypto";
import type { ObjectContent } from "#blobs/s3/object-store.ts";
import { createContentParts } from "#blobs/scratch/content-parts.ts";
import { openScratchFile } from "#blobs/scratch/scratch.ts";

/** Provides bytes as the content of an object. */
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
