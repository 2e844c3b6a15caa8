import type { Readable } from "node:stream";
import { BlobMissing, BlobStoreUnavailable } from "#domain/blob-store.ts";
import { createIdleTimeout, IDLE_TIMEOUT_MS } from "./idle-timeout.ts";
import { ageOf, listObjects, listUploads } from "./list-objects.ts";
import type { ObjectStore } from "./object-store.ts";
import { putObject } from "./put-object.ts";
import { S3Body } from "./s3-body.ts";
import { createS3Bucket, type S3Settings, shortRequestLimits } from "./s3-bucket.ts";
import { UploadOver } from "./s3-error.ts";
import { openUpload } from "./s3-upload.ts";

/** The limit of one attempt, until an object begins to arrive. */
const GET_ATTEMPT_MS_MAX = 2_400;
/**
 * The limit of a put with all attempts, whole or in parts: a file of 25 MiB at 0.5 MB/s. An upload
 * may take two minutes in all.
 */
const PUT_MS_MAX = 50_000;

/** An object store by the protocol of S3. Connects to nothing before the first request. */
export function createS3ObjectStore(
  settings: S3Settings,
  { idleTimeoutMs = IDLE_TIMEOUT_MS }: { readonly idleTimeoutMs?: number } = {},
): ObjectStore {
  const bucket = createS3Bucket(settings);
  const { name: Bucket, request } = bucket;

  async function ageMs(key: string): Promise<number | undefined> {
    const limits = shortRequestLimits();
    try {
      const { LastModified } = await request(
        ["HeadObject", key],
        limits.abortSignal,
        ({ sdk, client }) => client.send(new sdk.HeadObjectCommand({ Bucket, Key: key }), limits),
      );
      return ageOf(LastModified);
    } catch (error) {
      if (error instanceof BlobMissing) return undefined;
      throw error;
    }
  }

  return {
    ageMs,
    async put(key, content, caller) {
      const timeout = AbortSignal.timeout(PUT_MS_MAX);
      const deadline = caller === undefined ? timeout : AbortSignal.any([timeout, caller]);
      try {
        await putObject(bucket, { key, content, idleTimeoutMs, deadline });
      } catch (error) {
        // The answer to the completion was lost. The retry then finds no such upload, but the
        // object exists.
        if (!(error instanceof UploadOver) || (await ageMs(key)) === undefined) throw error;
      }
    },
    async get(key, { range, signal } = {}) {
      const idle = createIdleTimeout(idleTimeoutMs, signal);
      const { signal: abortSignal } = idle;
      const Range = range && `bytes=${range.first}-${range.first + range.length - 1}`;
      try {
        const { Body, ContentLength } = await request(
          ["GetObject", key],
          abortSignal,
          ({ sdk, client }) =>
            client.send(new sdk.GetObjectCommand({ Bucket, Key: key, Range }), {
              abortSignal,
              requestTimeout: GET_ATTEMPT_MS_MAX,
            }),
        );
        const body = new S3Body(Body as Readable, key, idle);
        if (range === undefined || ContentLength === range.length) return body;
        await body.return();
        const message = `GetObject ${key} gave other bytes than ${Range}`;
        throw (ContentLength ?? 0) < range.length
          ? new BlobMissing(message)
          : new BlobStoreUnavailable(message);
      } catch (error) {
        idle[Symbol.dispose]();
        throw error;
      }
    },
    async remove(key) {
      const limits = shortRequestLimits();
      await request(["DeleteObject", key], limits.abortSignal, ({ sdk, client }) =>
        client.send(new sdk.DeleteObjectCommand({ Bucket, Key: key }), limits),
      );
    },
    list: () => listObjects(bucket),
    listUploads: () => listUploads(bucket),
    abortUpload: (upload) => openUpload(bucket, upload).abort(),
  };
}
