import type { Asker } from "@triptych/chassis/identity/asker";
import { BlobMissing, type BlobStore, type ContentRange } from "./blob-store.ts";
import { type ByteRange, resolveRange } from "./byte-range.ts";
import type { Image, VariantName, Viewer, Visibility } from "./image.ts";
import type { Images } from "./images.ts";
import { originalForbidden, variantNotFound } from "./reasons.ts";
import { viewerOf } from "./viewer.ts";

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
}

/** The rules of downloading. */
export interface Downloads {
  /** Throws IMAGE_NOT_FOUND, ORIGINAL_FORBIDDEN, VARIANT_NOT_FOUND, RANGE_NOT_SATISFIABLE. */
  downloadImage(request: DownloadRequest, asker: Asker): Promise<Content>;
}

/** See {@link Downloads}. */
export function createDownloads({ images, blobs }: DownloadsDependencies): Downloads {
  async function open(request: DownloadRequest, asker: Asker) {
    const image = await images.getImage(request.id, asker);
    const content = contentOf(image, request.variant, viewerOf(asker.caller));
    const range = resolveRange(request.range, content.sizeBytes);
    const chunks = await blobs.open(content.version, range, asker.signal);
    return { header: { ...content, ...range, visibility: image.visibility }, chunks };
  }
  return {
    async downloadImage(request, asker) {
      try {
        return await open(request, asker);
      } catch (error) {
        if (!(error instanceof BlobMissing)) throw error;
        // The image was deleted between the two steps. The second attempt finds that out.
        return await open(request, asker);
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
