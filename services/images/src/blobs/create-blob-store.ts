import type { BlobStore } from "#domain/blob-store.ts";
import { createFileBlobStore } from "./file-blob-store.ts";
import { createObjectBlobStore } from "./object-blob-store.ts";
import type { S3Settings } from "./s3-client.ts";
import { createS3Objects } from "./s3-objects.ts";

/** Which store holds the bytes, and where. */
export type BlobSettings =
  | { readonly store: "file"; readonly directory: string }
  | ({ readonly store: "s3" } & S3Settings);

/** Makes the store that the settings name. Connects to nothing. */
export function createBlobStore(settings: BlobSettings): BlobStore {
  return settings.store === "file"
    ? createFileBlobStore(settings.directory)
    : createObjectBlobStore(createS3Objects(settings));
}
