import { mapConcurrently } from "./map-concurrently.ts";
import type { PutOptions } from "./put-options.ts";
import { retrySend } from "./retry-send.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { beginUpload, openUpload } from "./s3-upload.ts";

/** Of one file. Each takes a connection, and what its sockets hold. */
const PARTS_AT_ONCE_MAX = 2;

/**
 * Puts a content in parts, each of which is sent again by itself. The object is there from the
 * completion on, and not before. Whatever it throws, it has tried to abort what it began. Throws
 * UploadOver if the completion finds no upload.
 */
export async function putInParts(
  bucket: S3Bucket,
  { key, content, ...limits }: PutOptions,
): Promise<void> {
  const { file, parts } = content;
  const { deadline, silenceMsMax } = limits;
  const upload = openUpload(bucket, await beginUpload(bucket, key, limits));
  try {
    const runLimits = { atOnceMax: PARTS_AT_ONCE_MAX, deadline };
    const sent = await mapConcurrently(parts, runLimits, (part, signal) => {
      const sendOnce = () => upload.sendPart({ ...part, file }, { silenceMsMax, deadline: signal });
      return retrySend(sendOnce, signal);
    });
    await upload.complete(sent, limits);
  } catch (error) {
    // the first error says more, and the sweep aborts what is left
    await upload.abort().catch(() => {});
    throw error;
  }
}
