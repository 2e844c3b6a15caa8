import type { CompletedPart } from "@aws-sdk/client-s3";
import type { ContentPart } from "#blobs/scratch/content-parts.ts";
import type { UnfinishedUpload } from "./object-store.ts";
import { type S3Bucket, shortRequestLimits } from "./s3-bucket.ts";
import { UploadOver } from "./s3-error.ts";
import { type FilePart, type SendLimits, sendRange } from "./send-range.ts";

/**
 * An upload in parts, step by step. Sending and completing throw UploadOver if it is over already.
 */
export interface S3Upload {
  /** Sends a part, once. Returns what the completion must name. */
  sendPart(part: ContentPart & FilePart, limits: SendLimits): Promise<CompletedPart>;
  /** Completes the upload: the parts become an object. */
  complete(parts: readonly CompletedPart[], limits: SendLimits): Promise<void>;
  /** Removes the parts that were sent, unless the upload is over. */
  abort(): Promise<void>;
}

/** Begins an upload in parts. */
export async function beginUpload(
  { name: Bucket, request }: S3Bucket,
  key: string,
  { deadline: abortSignal, idleTimeoutMs: requestTimeout }: SendLimits,
): Promise<UnfinishedUpload> {
  const command = { Bucket, Key: key, ChecksumAlgorithm: "SHA256" } as const;
  const { UploadId: uploadId = "" } = await request(
    ["CreateMultipartUpload", key],
    abortSignal,
    ({ sdk, client }) =>
      client.send(new sdk.CreateMultipartUploadCommand(command), { abortSignal, requestTimeout }),
  );
  return { key, uploadId };
}

/** Continues an upload that was begun. */
export function openUpload(
  { name: Bucket, request }: S3Bucket,
  { key: Key, uploadId: UploadId }: UnfinishedUpload,
): S3Upload {
  const upload = { Bucket, Key, UploadId };
  return {
    async sendPart({ number: PartNumber, sha256, ...range }, limits) {
      const ChecksumSHA256 = toS3Checksum(sha256);
      const { ETag } = await sendRange(range, limits, (Body, abortSignal) =>
        request([`UploadPart ${PartNumber}`, Key], abortSignal, ({ sdk, client }) => {
          const ContentLength = range.length;
          const part = { ...upload, PartNumber, Body, ContentLength, ChecksumSHA256 };
          return client.send(new sdk.UploadPartCommand(part), { abortSignal });
        }),
      );
      return { PartNumber, ETag, ChecksumSHA256 };
    },
    async complete(parts, { deadline: abortSignal, idleTimeoutMs: requestTimeout }) {
      const command = { ...upload, MultipartUpload: { Parts: [...parts] } };
      await request(["CompleteMultipartUpload", Key], abortSignal, ({ sdk, client }) =>
        client.send(new sdk.CompleteMultipartUploadCommand(command), {
          abortSignal,
          requestTimeout,
        }),
      );
    },
    async abort() {
      const limits = shortRequestLimits();
      try {
        await request(["AbortMultipartUpload", Key], limits.abortSignal, ({ sdk, client }) =>
          client.send(new sdk.AbortMultipartUploadCommand(upload), limits),
        );
      } catch (error) {
        if (!(error instanceof UploadOver)) throw error;
      }
    },
  };
}

/** Writes a sha256 in hex as S3 takes it, in base64. */
export function toS3Checksum(sha256: string): string {
  return Buffer.from(sha256, "hex").toString("base64");
}
