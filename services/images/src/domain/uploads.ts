import { newId } from "@triptych/chassis/ids/new-id";
import type { BlobCollector } from "./blob-collector.ts";
import type { BlobStore, StagedBlob } from "./blob-store.ts";
import type { ContentType, Image, ImageFields } from "./image.ts";
import type { ImageRepository } from "./image-repository.ts";
import { uploadsOverloaded } from "./reasons.ts";
import { createUploadCheck } from "./upload-check.ts";

/**
 * Each upload holds a file and at most some 200 kB of chunks: all of them 50 MB. More would only be
 * slower together.
 */
const UPLOADS_MAX_DEFAULT = 256;
const RETRY_AFTER_MS = 2_000;

/** What an upload needs. */
export interface UploadDependencies {
  readonly repository: ImageRepository;
  readonly blobs: BlobStore;
  readonly collector: BlobCollector;
  /** How many uploads may be under way at once. */
  readonly uploadsMax?: number;
}

/** An image on its way in. */
export interface Upload {
  readonly ownerId: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * Called after the last chunk, since a form may have fields behind its file. Throws
   * INVALID_ARGUMENT.
   */
  readonly fields: () => ImageFields;
  /** Ends the putting of its bytes. */
  readonly signal: AbortSignal;
}

/** Takes uploads in. */
export interface Uploads {
  /**
   * Holds one of the places for uploads until `take` settles. Throws UPLOADS_OVERLOADED if there is
   * none.
   */
  admit<Result>(take: () => Promise<Result>): Promise<Result>;
  /**
   * Keeps an image, and asks for its variants. Throws INVALID_ARGUMENT, and as soon as the bytes
   * show it NOT_AN_IMAGE, TOO_LARGE, TOO_MANY_PIXELS. Whatever it throws, it leaves neither row nor
   * file.
   */
  createImage(upload: Upload): Promise<Image>;
}

/** The rules of uploading. */
export function createUploads({
  repository,
  blobs,
  collector,
  uploadsMax = UPLOADS_MAX_DEFAULT,
}: UploadDependencies): Uploads {
  let underWay = 0;
  return {
    async admit(take) {
      if (underWay >= uploadsMax) throw uploadsOverloaded(RETRY_AFTER_MS);
      underWay++;
      try {
        return await take();
      } finally {
        underWay--;
      }
    },
    async createImage({ ownerId, chunks, fields: readFields, signal }) {
      await repository.checkWritable(); // before minutes of bytes come for nothing
      await using staged = await blobs.stage();
      const contentType = await receive(chunks, staged);
      const fields = readFields();
      const blobHash = await staged.finish(signal);
      const { sizeBytes } = staged;
      const image = { id: newId(), ownerId, ...fields, contentType, sizeBytes, blobHash };
      try {
        // Without the call's signal: the bytes are all there, and a transaction that ends by itself
        // leaves no doubt.
        return await repository.createImage({ ...image, createTime: new Date() }, staged.place);
      } catch (error) {
        await collector.collect([blobHash]);
        throw error;
      }
    },
  };
}

/** Writes the chunks while they pass the checks. Gives the type that they turned out to be. */
async function receive(
  chunks: AsyncIterable<Uint8Array>,
  staged: StagedBlob,
): Promise<ContentType> {
  const check = createUploadCheck();
  for await (const chunk of chunks) {
    check.push(chunk);
    await staged.write(chunk);
  }
  return check.end();
}
