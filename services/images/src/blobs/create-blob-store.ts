import { createFileBlobStore } from "#blobs/file/file-blob-store.ts";
import { createObjectBlobStore } from "#blobs/s3/object-blob-store.ts";
import type { S3Settings } from "#blobs/s3/s3-bucket.ts";
import { createS3ObjectStore } from "#blobs/s3/s3-object-store.ts";
import type { BlobStore } from "#domain/blob-store.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** The kind of the blob store, and its place. */
export type BlobSettings =
  | { readonly store: "file"; readonly directory: string }
  | ({ readonly store: "s3" } & S3Settings);

/** Creates the store that the settings name. Connects to nothing. */
export function createBlobStore(settings: BlobSettings): BlobStore {
  return withStorageErrors(
    settings.store === "file"
      ? createFileBlobStore(settings.directory)
      : createObjectBlobStore(createS3ObjectStore(settings)),
  );
}
