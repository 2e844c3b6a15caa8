import { exponentialBackoff, jittered } from "@triptych/chassis/concurrency/exponential-backoff";
import { retry } from "@triptych/chassis/concurrency/retry";
import { BlobStoreFull, BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { ObjectContent } from "./object-store.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { beginUpload, openUpload, toS3Checksum } from "./s3-upload.ts";
import { type SendLimits, sendRange } from "./send-range.ts";

/** Parts of one file that are sent at once. Each costs a connection and its buffers. */
const PARTS_CONCURRENCY = 2;
const SEND_ATTEMPTS_MAX = 3;
const backoff = exponentialBackoff({ firstMs: 200, maxMs: 400 });

/** The object to put, and its time limits. */
export interface PutOptions extends SendLimits {
  readonly key: string;
  readonly content: ObjectContent;
}

/**
 * Puts a content as an object, whole or not at all: with one request, or in parts if it has
 * several. Throws UploadOver if the completion finds no upload.
 */
export async function putObject(bucket: S3Bucket, options: PutOptions): Promise<void> {
  await (options.content.parts.length < 2 ? putWhole : putInParts)(bucket, options);
}

async function putWhole(
  { name: Bucket, request }: S3Bucket,
  { key, content, ...limits }: PutOptions,
): Promise<void> {
  const { file, sizeBytes, sha256 } = content;
  const range = { file, first: 0, length: sizeBytes };
  const putOnce = () =>
    sendRange(range, limits, (body, abortSignal) =>
      request(["PutObject", key], abortSignal, ({ sdk, client }) => {
        const command = new sdk.PutObjectCommand({
          Bucket,
          Key: key,
          Body: body,
          ContentLength: sizeBytes,
          ChecksumSHA256: toS3Checksum(sha256),
        });
        return client.send(command, { abortSignal });
      }),
    );
  await retrySend(putOnce, limits.deadline);
}

/**
 * Puts a content in parts, each of which is retried by itself. The object exists from the
 * completion on. If it throws, it has tried to abort the upload.
 */
async function putInParts(
  bucket: S3Bucket,
  { key, content, ...limits }: PutOptions,
): Promise<void> {
  const { file, parts } = content;
  const { deadline, idleTimeoutMs } = limits;
  const upload = openUpload(bucket, await beginUpload(bucket, key, limits));
  try {
    const mapLimits = { concurrency: PARTS_CONCURRENCY, deadline };
    const sent = await mapConcurrently(parts, mapLimits, (part, signal) => {
      const sendOnce = () =>
        upload.sendPart({ ...part, file }, { idleTimeoutMs, deadline: signal });
      return retrySend(sendOnce, signal);
    });
    await upload.complete(sent, limits);
  } catch (error) {
    // The first error says more, and the sweep aborts what is left.
    await upload.abort().catch(() => {});
    throw error;
  }
}

/**
 * Retries a request whose body is a stream, with exponential backoff and jitter. The SDK cannot,
 * since a stream is read once. Begins no attempt after the deadline has fired.
 */
function retrySend<Answer>(sendOnce: () => Promise<Answer>, deadline: AbortSignal) {
  return retry(sendOnce, {
    attemptsMax: SEND_ATTEMPTS_MAX,
    delayMs: (attempt) => jittered(backoff(attempt)),
    isRetryable: (error) =>
      error instanceof BlobStoreUnavailable &&
      !(error instanceof BlobStoreRefused || error instanceof BlobStoreFull),
    signal: deadline,
  });
}
