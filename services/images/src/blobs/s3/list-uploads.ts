import type { ListedUpload } from "./object-store.ts";
import { ageOf } from "./s3-age.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { LIST_MS_MAX } from "./s3-time-limits.ts";

/** Names every upload in parts that is neither completed nor aborted. */
export async function* listUploads({ name: Bucket, ask }: S3Bucket): AsyncIterable<ListedUpload> {
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const abortSignal = AbortSignal.timeout(LIST_MS_MAX);
    const command = { Bucket, KeyMarker, UploadIdMarker };
    const page = await ask(["ListMultipartUploads"], abortSignal, ({ sdk, client }) =>
      client.send(new sdk.ListMultipartUploadsCommand(command), { abortSignal }),
    );
    for (const { Key = "", UploadId = "", Initiated } of page.Uploads ?? []) {
      yield { key: Key, uploadId: UploadId, ageMs: ageOf(Initiated) };
    }
    // The last page may have markers too.
    KeyMarker = page.IsTruncated === true ? page.NextKeyMarker : undefined;
    UploadIdMarker = page.NextUploadIdMarker;
  } while (KeyMarker !== undefined);
}
