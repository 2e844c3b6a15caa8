import type { Asker } from "@triptych/chassis/identity/asker";
import { type Page, toPage } from "@triptych/chassis/validation/page";
import type { BlobCollector } from "./blob-collector.ts";
import { etagOf, type Image, type ImageFacts, type ImageFields, mayView } from "./image.ts";
import type { ImageQuery, ImageRepository } from "./image-repository.ts";
import { etagMismatch, imageNotFound, notImageOwner } from "./reasons.ts";
import { viewerOf } from "./viewer.ts";

/** An image that a user wants to change or delete. */
export interface ImageTarget {
  readonly userId: string;
  readonly id: string;
  /** The etag that the image must have; undefined takes any. */
  readonly etag: string | undefined;
}

/** A change that a user wants to make. */
export interface ImageUpdate extends ImageTarget {
  readonly fields: Partial<ImageFields>;
}

/** The result of a batch. */
export interface ImageBatch {
  readonly images: readonly Image[];
  /** Private images, of which a batch returns nothing else. */
  readonly restrictedIds: readonly string[];
}

/** What the rules of images need. */
export interface ImagesDependencies {
  readonly repository: ImageRepository;
  readonly collector: BlobCollector;
  readonly clock: () => Date;
}

/**
 * The rules of images that exist. Methods of one image throw IMAGE_NOT_FOUND if there is none, or
 * the asker may not know of it.
 */
export interface Images {
  getImage(id: string, asker: Asker): Promise<Image>;
  /** Costs one row of one table, since it returns neither variants nor likes. */
  getImageFacts(id: string, asker: Asker): Promise<ImageFacts>;
  /** Leaves out private images, whoever asks. */
  batchGetImageFacts(ids: readonly string[], asker: Asker): Promise<readonly ImageFacts[]>;
  batchGetImages(ids: readonly string[], asker: Asker): Promise<ImageBatch>;
  /** `query.limit` is the size of the page. */
  listImages(query: ImageQuery, asker: Asker): Promise<Page<Image>>;
  /** Throws NOT_IMAGE_OWNER, ETAG_MISMATCH. */
  updateImage(update: ImageUpdate, asker: Asker): Promise<Image>;
  /** Throws NOT_IMAGE_OWNER, ETAG_MISMATCH. */
  deleteImage(target: ImageTarget, asker: Asker): Promise<void>;
}

/** See {@link Images}. */
export function createImages({ repository, collector, clock }: ImagesDependencies): Images {
  return {
    async getImage(id, { caller, signal }) {
      const viewer = viewerOf(caller);
      const image = await repository.findImage(id, viewer, signal);
      if (image === undefined || !mayView(image, viewer)) throw imageNotFound(id);
      return image;
    },
    async getImageFacts(id, { caller, signal }) {
      const facts = await repository.findImageFacts(id, signal);
      if (facts === undefined || !mayView(facts, viewerOf(caller))) throw imageNotFound(id);
      return facts;
    },
    async batchGetImageFacts(ids, { signal }) {
      const found = await repository.findImagesFacts([...new Set(ids)], signal);
      return found.filter(({ visibility }) => visibility !== "private");
    },
    async batchGetImages(ids, { caller, signal }) {
      const found = await repository.findImages([...new Set(ids)], viewerOf(caller), signal);
      const isRestricted = ({ visibility }: Image) => visibility === "private";
      return {
        images: found.filter((image) => !isRestricted(image)),
        restrictedIds: found.filter(isRestricted).map(({ id }) => id),
      };
    },
    async listImages({ limit, ...query }, { caller, signal }) {
      const oneMore = { ...query, limit: limit + 1 };
      return toPage(await repository.listImages(oneMore, viewerOf(caller), signal), limit);
    },
    async updateImage({ fields, ...target }, { signal }) {
      const decide = (image: Image) => {
        checkTarget(image, target);
        return { fields, updateTime: clock() };
      };
      const image = await repository.updateImage(target.id, decide, signal);
      if (image === undefined) throw imageNotFound(target.id);
      return image;
    },
    async deleteImage(target, { signal }) {
      const check = (image: Image) => checkTarget(image, target);
      const unreferenced = await repository.deleteImage(target.id, check, signal);
      if (unreferenced === undefined) throw imageNotFound(target.id);
      await collector.collect(unreferenced);
    },
  };
}

/** Throws unless the user may change the image, and the etag matches. */
function checkTarget(image: Image, { id, etag, userId }: ImageTarget): void {
  if (!mayView(image, userId)) throw imageNotFound(id);
  if (image.ownerId !== userId) throw notImageOwner(id);
  if (etag !== undefined && etag !== etagOf(image)) throw etagMismatch(id);
}
