import type { PutOptions } from "./put-options.ts";
import { retrySend } from "./retry-send.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { toS3Checksum } from "./s3-checksum.ts";
import { sendRange } from "./send-range.ts";

/** Puts a content with one request, and again if it did not arrive. */
export async function putWhole(
  { name: Bucket, ask }: S3Bucket,
  { key, content, ...limits }: PutOptions,
): Promise<void> {
  const { file, sizeBytes, sha256 } = content;
  const range = { file, first: 0, length: sizeBytes };
  const putOnce = () =>
    sendRange(range, limits, (body, abortSignal) =>
      ask(["PutObject", key], abortSignal, ({ sdk, client }) => {
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
