import type { ListedObject, ListedUpload } from "./object-store.ts";
import type { S3Bucket } from "./s3-bucket.ts";

/** The limit of a page of a listing, with all attempts. */
const LIST_MS_MAX = 10_000;

/** Lists every object. */
export async function* listObjects({
  name: Bucket,
  request,
}: S3Bucket): AsyncIterable<ListedObject> {
  let ContinuationToken: string | undefined;
  do {
    const abortSignal = AbortSignal.timeout(LIST_MS_MAX);
    const command = { Bucket, ContinuationToken };
    const page = await request(["ListObjectsV2"], abortSignal, ({ sdk, client }) =>
      client.send(new sdk.ListObjectsV2Command(command), { abortSignal }),
    );
    for (const { Key = "", LastModified } of page.Contents ?? []) {
      yield { key: Key, ageMs: ageOf(LastModified) };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/** Lists every upload in parts that is neither completed nor aborted. */
export async function* listUploads({
  name: Bucket,
  request,
}: S3Bucket): AsyncIterable<ListedUpload> {
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const abortSignal = AbortSignal.timeout(LIST_MS_MAX);
    const command = { Bucket, KeyMarker, UploadIdMarker };
    const page = await request(["ListMultipartUploads"], abortSignal, ({ sdk, client }) =>
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

/**
 * Returns the age of a time of the store, in milliseconds. An unknown age counts as 0, since new
 * objects are not removed.
 */
export function ageOf(time: Date | undefined): number {
  return time === undefined ? 0 : Date.now() - time.getTime();
}
