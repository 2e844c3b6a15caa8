import assert from "node:assert";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { BlobMissing, BlobStoreUnavailable } from "#domain/blob-store.ts";
import type { ListedObject, ObjectContent, Objects } from "./objects.ts";
import { repeatPut } from "./repeat-put.ts";
import { S3Body } from "./s3-body.ts";
import { createS3Client, type S3Settings } from "./s3-client.ts";
import { toBlobStoreError } from "./s3-error.ts";
import { createWatchdog } from "./watchdog.ts";

/** Of what is asked while a row is locked: so long does a store that hangs hold a connection of the database. */
const ASK_MS_MAX = 2_000;
const ASK_ATTEMPT_MS_MAX = 900;
/** Until an answer begins, and then from one chunk to the next, either way. */
const SILENCE_MS_MAX = 5_000;
const GET_ATTEMPT_MS_MAX = 2_400;
const LIST_MS_MAX = 10_000;
/** A file of 25 MiB at 0.5 MB/s. An upload may take two minutes in all. */
const PUT_MS_MAX = 50_000;

const READ_BYTES = 64 * 1024;

/** The SDK, and a client of it. */
interface S3 {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

/** Reads and writes a bucket by S3. Connects to nothing before it is asked. */
export function createS3Objects(
  settings: S3Settings,
  { silenceMsMax = SILENCE_MS_MAX }: { readonly silenceMsMax?: number } = {},
): Objects {
  const { bucket: Bucket } = settings;
  let opened: Promise<S3> | undefined;

  // Loading takes 33 MB and 120 ms: who keeps files goes without.
  async function open(): Promise<S3> {
    const sdk = await import("@aws-sdk/client-s3");
    return { sdk, client: createS3Client(sdk.S3Client, settings) };
  }

  async function ask<Answer>(
    what: readonly [operation: string, key?: string],
    signal: AbortSignal,
    send: (s3: S3) => Promise<Answer>,
  ): Promise<Answer> {
    opened ??= open();
    const s3 = await opened;
    try {
      return await send(s3);
    } catch (error) {
      throw toBlobStoreError(signal.aborted ? signal.reason : error, ...what);
    }
  }

  async function putOnce(key: string, content: ObjectContent, deadline: AbortSignal) {
    using watchdog = createWatchdog(silenceMsMax, deadline);
    const { signal: abortSignal, touch } = watchdog;
    const body = Readable.from(bytesOf(content, touch), { objectMode: false });
    body.on("error", () => {}); // a scratch file that cannot be read: nothing more is sent, and the watchdog ends it
    try {
      await ask(["PutObject", key], abortSignal, ({ sdk, client }) => {
        const command = new sdk.PutObjectCommand({
          Bucket,
          Key: key,
          Body: body,
          ContentLength: content.sizeBytes,
          ChecksumSHA256: Buffer.from(content.sha256, "hex").toString("base64"),
        });
        return client.send(command, { abortSignal });
      });
    } finally {
      body.destroy();
    }
  }

  return {
    put: (key, content) => repeatPut((deadline) => putOnce(key, content, deadline), PUT_MS_MAX),
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
    async ageMs(key) {
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
    async *list() {
      let ContinuationToken: string | undefined;
      do {
        const abortSignal = AbortSignal.timeout(LIST_MS_MAX);
        const command = { Bucket, ContinuationToken };
        const page = await ask(["ListObjectsV2"], abortSignal, ({ sdk, client }) =>
          client.send(new sdk.ListObjectsV2Command(command), { abortSignal }),
        );
        for (const { Key = "", LastModified } of page.Contents ?? []) {
          yield { key: Key, ageMs: ageOf(LastModified) } satisfies ListedObject;
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },
  };
}

/** An object of unknown age counts as new: what is new is not removed. */
function ageOf(lastModified: Date | undefined): number {
  return lastModified === undefined ? 0 : Date.now() - lastModified.getTime();
}

/** Reads a content from its beginning, a chunk in memory at a time, and tells of each. */
async function* bytesOf({ file, sizeBytes }: ObjectContent, onChunk: () => void) {
  for (let at = 0; at < sizeBytes; ) {
    const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, sizeBytes - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    assert(bytesRead > 0, "a scratch file is as long as what was written to it");
    onChunk();
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}
