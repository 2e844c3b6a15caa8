import type { CompletedPart } from "@aws-sdk/client-s3";
import type { ContentPart } from "#blobs/scratch/content-parts.ts";
import type { FileRange } from "#blobs/scratch/read-range.ts";
import type { UnfinishedUpload } from "./object-store.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { toS3Checksum } from "./s3-checksum.ts";
import { UploadOver } from "./s3-error.ts";
import { ASK_ATTEMPT_MS_MAX, ASK_MS_MAX } from "./s3-time-limits.ts";
import { type SendLimits, sendRange } from "./send-range.ts";

/**
 * An upload in parts, step by step. Sending and completing throw UploadOver if it is over already.
 */
export interface S3Upload {
  /** Sends a part, once. Gives what the completion is to name. */
  sendPart(part: ContentPart & FileRange, limits: SendLimits): Promise<CompletedPart>;
  /** Makes an object of the parts. */
  complete(parts: readonly CompletedPart[], limits: SendLimits): Promise<void>;
  /** Removes what was sent, unless the upload is over, by whomever. */
  abort(): Promise<void>;
}

/** Begins an upload in parts. */
export async function beginUpload(
  { name: Bucket, ask }: S3Bucket,
  key: string,
  { deadline: abortSignal, silenceMsMax: requestTimeout }: SendLimits,
): Promise<UnfinishedUpload> {
  const command = { Bucket, Key: key, ChecksumAlgorithm: "SHA256" } as const;
  const { UploadId: uploadId = "" } = await ask(
    ["CreateMultipartUpload", key],
    abortSignal,
    ({ sdk, client }) =>
      client.send(new sdk.CreateMultipartUploadCommand(command), { abortSignal, requestTimeout }),
  );
  return { key, uploadId };
}

/** Takes up an upload that was begun. */
export function openUpload(
  { name: Bucket, ask }: S3Bucket,
  { key: Key, uploadId: UploadId }: UnfinishedUpload,
): S3Upload {
  const upload = { Bucket, Key, UploadId };
  return {
    async sendPart({ number: PartNumber, sha256, ...range }, limits) {
      const ChecksumSHA256 = toS3Checksum(sha256);
      const { ETag } = await sendRange(range, limits, (Body, abortSignal) =>
        ask([`UploadPart ${PartNumber}`, Key], abortSignal, ({ sdk, client }) => {
          const ContentLength = range.length;
          const part = { ...upload, PartNumber, Body, ContentLength, ChecksumSHA256 };
          return client.send(new sdk.UploadPartCommand(part), { abortSignal });
        }),
      );
      return { PartNumber, ETag, ChecksumSHA256 };
    },
    async complete(parts, { deadline: abortSignal, silenceMsMax: requestTimeout }) {
      const command = { ...upload, MultipartUpload: { Parts: [...parts] } };
      await ask(["CompleteMultipartUpload", Key], abortSignal, ({ sdk, client }) =>
        client.send(new sdk.CompleteMultipartUploadCommand(command), {
          abortSignal,
          requestTimeout,
        }),
      );
    },
    async abort() {
      const abortSignal = AbortSignal.timeout(ASK_MS_MAX);
      const requestTimeout = ASK_ATTEMPT_MS_MAX;
      try {
        await ask(["AbortMultipartUpload", Key], abortSignal, ({ sdk, client }) =>
          client.send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal, requestTimeout }),
        );
      } catch (error) {
        if (!(error instanceof UploadOver)) throw error;
      }
    },
  };
}
