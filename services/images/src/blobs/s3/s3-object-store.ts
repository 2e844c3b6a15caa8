import type { Readable } from "node:stream";
import { BlobMissing, BlobStoreUnavailable } from "#domain/blob-store.ts";
import { createWatchdog } from "./idle-timeout.ts";
import { listObjects } from "./list-objects.ts";
import { listUploads } from "./list-uploads.ts";
import type { Objects } from "./object-store.ts";
import { putInParts } from "./put-object.ts";
import { putWhole } from "./put-whole.ts";
import { ageOf } from "./s3-age.ts";
import { S3Body } from "./s3-body.ts";
import { createS3Bucket } from "./s3-bucket.ts";
import type { S3Settings } from "./s3-client.ts";
import { UploadOver } from "./s3-error.ts";
import {
  ASK_ATTEMPT_MS_MAX,
  ASK_MS_MAX,
  GET_ATTEMPT_MS_MAX,
  PUT_MS_MAX,
  SILENCE_MS_MAX,
} from "./s3-time-limits.ts";
import { openUpload } from "./s3-upload.ts";

/** Reads and writes a bucket by S3. Connects to nothing before it is asked. */
export function createS3Objects(
  settings: S3Settings,
  { silenceMsMax = SILENCE_MS_MAX }: { readonly silenceMsMax?: number } = {},
): Objects {
  const bucket = createS3Bucket(settings);
  const { name: Bucket, ask } = bucket;

  async function ageMs(key: string): Promise<number | undefined> {
    const abortSignal = AbortSignal.timeout(ASK_MS_MAX);
    const requestTimeout = ASK_ATTEMPT_MS_MAX;
    try {
      const { LastModified } = await ask(["HeadObject", key], abortSignal, ({ sdk, client }) =>
        client.send(new sdk.HeadObjectCommand({ Bucket, Key: key }), {
          abortSignal,
          requestTimeout,
        }),
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
      const options = { key, content, silenceMsMax, deadline };
      if (content.parts.length < 2) return await putWhole(bucket, options);
      try {
        await putInParts(bucket, options);
      } catch (error) {
        // The answer to a completion was lost, and who asked again is told that there is no such
        // upload any more.
        if (!(error instanceof UploadOver) || (await ageMs(key)) === undefined) throw error;
      }
    },
    async get(key, { range, signal } = {}) {
      const watchdog = createWatchdog(silenceMsMax, signal);
      const { signal: abortSignal } = watchdog;
      const Range = range && `bytes=${range.first}-${range.first + range.length - 1}`;
      try {
        const { Body, ContentLength } = await ask(
          ["GetObject", key],
          abortSignal,
          ({ sdk, client }) =>
            client.send(new sdk.GetObjectCommand({ Bucket, Key: key, Range }), {
              abortSignal,
              requestTimeout: GET_ATTEMPT_MS_MAX,
            }),
        );
        const body = new S3Body(Body as Readable, key, watchdog);
        if (range === undefined || ContentLength === range.length) return body;
        await body.return();
        throw new BlobStoreUnavailable(`GetObject ${key} gave other bytes than ${Range}`);
      } catch (error) {
        watchdog[Symbol.dispose]();
        throw error;
      }
    },
    async remove(key) {
      const abortSignal = AbortSignal.timeout(ASK_MS_MAX);
      const requestTimeout = ASK_ATTEMPT_MS_MAX;
      await ask(["DeleteObject", key], abortSignal, ({ sdk, client }) =>
        client.send(new sdk.DeleteObjectCommand({ Bucket, Key: key }), {
          abortSignal,
          requestTimeout,
        }),
      );
    },
    list: () => listObjects(bucket),
    listUploads: () => listUploads(bucket),
    abortUpload: (upload) => openUpload(bucket, upload).abort(),
  };
}
