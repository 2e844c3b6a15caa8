import { readFields } from "@triptych/chassis/validation/field-reader";
import { type PagedList, toNextPageToken, toPage } from "@triptych/chassis/validation/page";
import type { BlobCollector } from "./blob-collector.ts";
import { type Image, type ImageFacts, mayView, type Viewer } from "./image.ts";
import type { ImageRepository } from "./image-repository.ts";
import { type ImageChange, readChange, readTag } from "./image-rules.ts";
import { etagMismatch, imageNotFound, notImageOwner } from "./reasons.ts";

/** Which page of which images is meant. */
export interface ImageListRequest {
  readonly ownerId: string | undefined;
  readonly tag: string | undefined;
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken: string;
}

/** A page of images, newest first. */
export interface ImagePage {
  readonly images: readonly Image[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** Which image to change or delete, and the etag that it must have, if any. */
export interface ImageTarget {
  readonly id: string;
  /** Empty: whatever it is. */
  readonly etag: string;
}

/** What a batch found. */
export interface ImageBatch {
  readonly images: readonly Image[];
  /** Private images, of which a batch says no more. */
  readonly restrictedIds: readonly string[];
}

/**
 * What one may ask of images that are there. All throw INVALID_ARGUMENT, and IMAGE_NOT_FOUND of
 * what the caller may not know of.
 */
export interface Images {
  getImage(id: string, viewer: Viewer, signal: AbortSignal): Promise<Image>;
  /** Returns no more than other services decide by, so that their calls cost no variants and likes. */
  getImageFacts(id: string, viewer: Viewer, signal: AbortSignal): Promise<ImageFacts>;
  batchGetImages(ids: readonly string[], viewer: Viewer, signal: AbortSignal): Promise<ImageBatch>;
  listImages(request: ImageListRequest, viewer: Viewer, signal: AbortSignal): Promise<ImagePage>;
  /** Throws NOT_IMAGE_OWNER, ETAG_MISMATCH. */
  updateImage(
    request: ImageTarget & ImageChange,
    userId: string,
    signal: AbortSignal,
  ): Promise<Image>;
  /** Throws NOT_IMAGE_OWNER, ETAG_MISMATCH. */
  deleteImage(target: ImageTarget, userId: string, signal: AbortSignal): Promise<void>;
}

/** The rules of images that are there. */
export function createImages(repository: ImageRepository, collector: BlobCollector): Images {
  return {
    async getImage(requestedId, viewer, signal) {
      const id = readFields((fields) => fields.id("id", requestedId));
      const image = await repository.findImage(id, viewer, signal);
      if (image === undefined || !mayView(image, viewer)) throw imageNotFound(id);
      return image;
    },
    async getImageFacts(requestedId, viewer, signal) {
      const id = readFields((fields) => fields.id("id", requestedId));
      const found = await repository.findImageFacts(id, signal);
      if (found === undefined || !mayView(found, viewer)) throw imageNotFound(id);
      return found;
    },
    async batchGetImages(requestedIds, viewer, signal) {
      const ids = readFields((fields) =>
        requestedIds.map((id, index) => fields.id(`ids[${index}]`, id)),
      );
      const found = await repository.findImages([...new Set(ids)], viewer, signal);
      const isRestricted = ({ visibility }: Image) => visibility === "private";
      return {
        images: found.filter((image) => !isRestricted(image)),
        restrictedIds: found.filter(isRestricted).map(({ id }) => id),
      };
    },
    listImages: (request, viewer, signal) => listImages(repository, request, { viewer, signal }),
    async updateImage(request, userId, signal) {
      const { id, changed } = readFields((fields) => ({
        id: fields.id("image.id", request.id),
        changed: readChange(fields, request),
      }));
      const change = (image: Image) => {
        checkTarget(image, request, userId);
        return { viewer: userId, fields: changed };
      };
      const image = await repository.updateImage(id, change, signal);
      if (image === undefined) throw imageNotFound(id);
      return image;
    },
    async deleteImage(target, userId, signal) {
      const id = readFields((fields) => fields.id("id", target.id));
      const check = (image: Image) => checkTarget(image, target, userId);
      const unreferenced = await repository.deleteImage(id, check, signal);
      if (unreferenced === undefined) throw imageNotFound(id);
      await collector.collect(unreferenced);
    },
  };
}

async function listImages(
  repository: ImageRepository,
  request: ImageListRequest,
  { viewer, signal }: { readonly viewer: Viewer; readonly signal: AbortSignal },
): Promise<ImagePage> {
  const { ownerId, tag, list, page } = readFields((fields) => {
    const filters = {
      ownerId: request.ownerId === undefined ? undefined : fields.id("owner_id", request.ownerId),
      tag: request.tag === undefined ? undefined : readTag(fields, "tag", request.tag),
    };
    const list = listOf(filters, viewer);
    return { ...filters, list, page: fields.page(request, list) };
  });
  const beforeId = page.after === undefined ? undefined : String(page.after[0]);
  const limit = page.limit + 1;
  const found = await repository.listImages({ viewer, ownerId, tag, beforeId, limit }, signal);
  const shown = toPage(found, page.limit);
  return { images: shown.items, nextPageToken: toNextPageToken(list, shown, ({ id }) => [id]) };
}

function listOf(
  { ownerId = "", tag = "" }: { readonly ownerId?: string; readonly tag?: string },
  viewer: Viewer,
): PagedList {
  return { query: ["ListImages", ownerId, tag, viewer ?? ""], kinds: ["id"] };
}

/** Throws unless the user may change the image, and means it as it is. */
function checkTarget(image: Image, { id, etag }: ImageTarget, userId: string): void {
  if (!mayView(image, userId)) throw imageNotFound(id);
  if (image.ownerId !== userId) throw notImageOwner(id);
  if (etag !== "" && etag !== etagOf(image)) throw etagMismatch(id);
}

/** Names the state of an image that its owner's changes change. */
export function etagOf({ version }: Image): string {
  return String(version);
}
