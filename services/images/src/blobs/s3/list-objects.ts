import type { ListedObject } from "./object-store.ts";
import { ageOf } from "./s3-age.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { LIST_MS_MAX } from "./s3-time-limits.ts";

/** Names every object. */
export async function* listObjects({ name: Bucket, ask }: S3Bucket): AsyncIterable<ListedObject> {
  let ContinuationToken: string | undefined;
  do {
    const abortSignal = AbortSignal.timeout(LIST_MS_MAX);
    const command = { Bucket, ContinuationToken };
    const page = await ask(["ListObjectsV2"], abortSignal, ({ sdk, client }) =>
      client.send(new sdk.ListObjectsV2Command(command), { abortSignal }),
    );
    for (const { Key = "", LastModified } of page.Contents ?? []) {
      yield { key: Key, ageMs: ageOf(LastModified) };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
