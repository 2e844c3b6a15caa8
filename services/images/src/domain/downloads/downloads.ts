import type { Asker } from "@triptych/chassis/identity/asker";
import { BlobMissing, type BlobStore, type ContentRange } from "#domain/blob-store.ts";
import type { Image, VariantName, Viewer, Visibility } from "#domain/image.ts";
import type { Images } from "#domain/images.ts";
import type { ObserveMissingBytes } from "#domain/missing-bytes.ts";
import { bytesMissing, originalForbidden, variantNotFound } from "#domain/reasons.ts";
import { viewerOf } from "#domain/viewer.ts";
import { type ByteRange, resolveRange } from "./byte-range.ts";
import { WholeContent } from "./whole-content.ts";

/** The bytes of an image that are requested. */
export interface DownloadRequest {
  readonly id: string;
  readonly variant: VariantName | "original";
  /** Undefined means all bytes. */
  readonly range: ByteRange | undefined;
}

/** The description of a download. */
export interface ContentHeader extends ContentRange {
  readonly contentType: string;
  /** The size of the whole content. */
  readonly sizeBytes: number;
  /** The sha256 of the whole content in hex. */
  readonly version: string;
  readonly visibility: Visibility;
}

/**
 * Bytes that are open for reading. A reader that stops early must end the iteration, which closes
 * them.
 */
export interface Content {
  readonly header: ContentHeader;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What the rules of downloading need. */
export interface DownloadsDependencies {
  readonly images: Pick<Images, "getImage">;
  readonly blobs: BlobStore;
  readonly observeMissing: ObserveMissingBytes;
}

/** The rules of downloading. */
export interface Downloads {
  /**
   * Throws IMAGE_NOT_FOUND, ORIGINAL_FORBIDDEN, VARIANT_NOT_FOUND, RANGE_NOT_SATISFIABLE, and
   * BYTES_MISSING, also while the bytes are read.
   */
  downloadImage(request: DownloadRequest, asker: Asker): Promise<Content>;
}

/** See {@link Downloads}. */
export function createDownloads(dependencies: DownloadsDependencies): Downloads {
  const { images, blobs, observeMissing } = dependencies;

  async function open(request: DownloadRequest, asker: Asker): Promise<Content> {
    const image = await images.getImage(request.id, asker);
    const content = contentOf(image, request.variant, viewerOf(asker.caller));
    const range = resolveRange(request.range, content.sizeBytes);
    const opened = await blobs.open(content.version, range, asker.signal);
    const chunks = new WholeContent(opened, range.length, (cause) => missing(image.id, cause));
    return { header: { ...content, ...range, visibility: image.visibility }, chunks };
  }
  function missing(imageId: string, cause: BlobMissing): Error {
    observeMissing(imageId, cause);
    return bytesMissing(imageId, cause);
  }
  return {
    async downloadImage(request, asker) {
      try {
        return await open(request, asker);
      } catch (error) {
        if (!(error instanceof BlobMissing)) throw error;
      }
      // The image may have been deleted between the two steps. The second attempt finds that out.
      try {
        return await open(request, asker);
      } catch (error) {
        throw error instanceof BlobMissing ? missing(request.id, error) : error;
      }
    },
  };
}

function contentOf(image: Image, name: DownloadRequest["variant"], viewer: Viewer) {
  if (name === "original") {
    if (image.ownerId !== viewer) throw originalForbidden(image.id);
    const { contentType, sizeBytes, blobHash } = image;
    return { contentType, sizeBytes, version: blobHash };
  }
  const variant = image.variants.find((candidate) => candidate.name === name);
  if (variant === undefined) throw variantNotFound(image.id, name);
  const { contentType, sizeBytes, blobHash } = variant;
  return { contentType, sizeBytes, version: blobHash };
}
