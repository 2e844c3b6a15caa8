import { BlobStoreFull, BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";
import { toBlobStoreError } from "./s3-error.ts";

/** An error of the SDK, as its members show it. */
const answer = (httpStatusCode: number, name: string) => ({ name, $metadata: { httpStatusCode } });

test.each([
  [507, "InsufficientStorage", BlobStoreFull],
  [507, "XMinioStorageFull", BlobStoreFull],
  [500, "XMinioStorageFull", BlobStoreFull],
  [400, "XMinioAdminBucketQuotaExceeded", BlobStoreFull],
  [403, "QuotaExceeded", BlobStoreFull],
  [503, "SlowDown", BlobStoreUnavailable],
  [403, "AccessDenied", BlobStoreRefused],
])("an object store that answers %i %s becomes %p", (status, name, kind) => {
  const error = toBlobStoreError(answer(status, name), "PutObject", "key");
  expect(error.constructor).toBe(kind);
  expect(error.message).toContain(`${status} ${name}`);
});
