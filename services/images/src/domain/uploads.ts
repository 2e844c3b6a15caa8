import type { Asker } from "@triptych/chassis/identity/asker";
import { newId } from "@triptych/chassis/ids/new-id";
import type { BlobCollector } from "./blob-collector.ts";
import type { BlobStore, StagedBlob } from "./blob-store.ts";
import type { Image, ImageFields, Visibility } from "./image.ts";
import type { ImageRepository } from "./image-repository.ts";
import { type CheckedFile, createUploadCheck } from "./upload-check.ts";

const VISIBILITY_DEFAULT = "public" satisfies Visibility;

/** The fields that an upload may give its image. */
export interface UploadFields extends Omit<ImageFields, "visibility" | "commentsOpen"> {
  /** Undefined means the default: public. */
  readonly visibility: Visibility | undefined;
}

/** An upload in progress. */
export interface Upload {
  readonly ownerId: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Called after the last chunk, since a form may have fields behind its file. May throw. */
  readonly fields: () => UploadFields;
}

/** What the rules of uploading need. */
export interface UploadsDependencies {
  readonly repository: ImageRepository;
  readonly blobs: BlobStore;
  readonly collector: BlobCollector;
  readonly clock: () => Date;
}

/** The rules of uploading. */
export interface Uploads {
  /**
   * Stores an image, and requests its variants. Throws NOT_AN_IMAGE, TOO_LARGE or TOO_MANY_PIXELS
   * as soon as the bytes show it. If it throws, it leaves neither row nor file.
   */
  createImage(upload: Upload, asker: Asker): Promise<Image>;
}

/** See {@link Uploads}. */
export function createUploads(dependencies: UploadsDependencies): Uploads {
  const { repository, blobs, collector, clock } = dependencies;
  return {
    async createImage({ ownerId, chunks, fields: readFields }, { signal }) {
      await repository.checkWritable(); // before minutes of bytes arrive in vain
      await using staged = await blobs.stage();
      const { contentType, dimensions } = await receive(chunks, staged);
      const { visibility = VISIBILITY_DEFAULT, ...texts } = readFields();
      const fields = { ...texts, visibility, commentsOpen: true };
      const blobHash = await staged.finish(signal);
      const { sizeBytes } = staged;
      const content = { contentType, dimensions, sizeBytes, blobHash };
      const image = { id: newId(), ownerId, ...fields, ...content, createTime: clock() };
      try {
        return await repository.createImage(image, staged.commit);
      } catch (error) {
        await collector.collect([blobHash]);
        throw error;
      }
    },
  };
}

/** Writes the chunks while they pass the checks. */
async function receive(
  chunks: AsyncIterable<Uint8Array>,
  staged: StagedBlob,
): Promise<CheckedFile> {
  const check = createUploadCheck();
  for await (const chunk of chunks) {
    check.push(chunk);
    await staged.write(chunk);
  }
  return check.end();
}
