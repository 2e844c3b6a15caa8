import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { fitIntoBatch } from "@triptych/chassis/validation/batch";
import { type Page, type PagedList, toNextPageToken } from "@triptych/chassis/validation/page";
import {
  ImageFailure as FailureCode,
  type ImageSchema,
  ImageState as StateCode,
  VariantName as VariantCode,
  Visibility as VisibilityCode,
} from "@triptych/protos/images/v1/image_pb";
import type { ImageFactsSchema } from "@triptych/protos/images/v1/image_service_pb";
import {
  etagOf,
  type Image,
  type ImageFacts,
  type ImageFailure,
  type ImageState,
  type VariantName,
  type Visibility,
} from "#domain/image.ts";
import type { ImageBatch } from "#domain/images.ts";
import type { Like } from "#domain/like-repository.ts";

const VISIBILITY_CODES = {
  public: VisibilityCode.PUBLIC,
  unlisted: VisibilityCode.UNLISTED,
  private: VisibilityCode.PRIVATE,
} as const satisfies Record<Visibility, VisibilityCode>;

const STATE_CODES = {
  processing: StateCode.PROCESSING,
  ready: StateCode.READY,
  failed: StateCode.FAILED,
} as const satisfies Record<ImageState, StateCode>;

const FAILURE_CODES = {
  unreadable: FailureCode.UNREADABLE,
  too_expensive: FailureCode.TOO_EXPENSIVE,
  too_complex: FailureCode.TOO_COMPLEX,
} as const satisfies Record<ImageFailure, FailureCode>;

const VARIANT_CODES = {
  large: VariantCode.LARGE,
  medium: VariantCode.MEDIUM,
  small: VariantCode.SMALL,
  thumb: VariantCode.THUMB,
} as const satisfies Record<VariantName, VariantCode>;

const REQUESTED_VARIANTS: ReadonlyMap<VariantCode, VariantName | "original"> = new Map([
  [VariantCode.ORIGINAL, "original"],
  [VariantCode.LARGE, "large"],
  [VariantCode.MEDIUM, "medium"],
  [VariantCode.SMALL, "small"],
  [VariantCode.THUMB, "thumb"],
]);

const REQUESTED_VISIBILITIES: ReadonlyMap<VisibilityCode, Visibility> = new Map([
  [VisibilityCode.PUBLIC, "public"],
  [VisibilityCode.UNLISTED, "unlisted"],
  [VisibilityCode.PRIVATE, "private"],
]);

/** Maps an image to the contract's message. */
export function toMessage(image: Image): MessageInitShape<typeof ImageSchema> {
  const { createTime, updateTime, placeholder, visibility, state, failure, ...rest } = image;
  return {
    id: rest.id,
    ownerId: rest.ownerId,
    title: rest.title,
    description: rest.description,
    tags: [...rest.tags],
    visibility: toVisibilityCode(visibility),
    commentsOpen: rest.commentsOpen,
    state: STATE_CODES[state],
    failure: failure === undefined ? FailureCode.UNSPECIFIED : FAILURE_CODES[failure],
    width: rest.width,
    height: rest.height,
    contentType: rest.contentType,
    sizeBytes: rest.sizeBytes,
    placeholder: Uint8Array.from(placeholder),
    variants: rest.variants.map(({ name, blobHash, width, height, contentType, sizeBytes }) => ({
      name: VARIANT_CODES[name],
      version: blobHash,
      width,
      height,
      contentType,
      sizeBytes,
    })),
    likeCount: rest.likeCount,
    liked: rest.liked,
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
    etag: etagOf(image),
  };
}

/** Maps the result of a batch to the contract's message, with as many images as fit. */
export function toBatchMessage({ images, restrictedIds }: ImageBatch) {
  const fitting = fitIntoBatch(images, codeUnitsOf).filter((image) => image !== undefined);
  return { images: fitting.map(toMessage), restrictedIds: [...restrictedIds] };
}

/** A list of images and its page. */
interface ListedPage {
  readonly list: PagedList;
  readonly page: Page<Image>;
}

/** Maps the pages of several lists to the contract's message, as many as fit. */
export function toListBatchMessage(pages: readonly (ListedPage | undefined)[]) {
  const fitting = fitIntoBatch(pages, ({ page }) =>
    page.items.reduce((sum, image) => sum + codeUnitsOf(image), 0),
  );
  return {
    results: fitting.map((one) => (one ? { page: toPageMessage(one.list, one.page) } : {})),
  };
}

/** The length of the texts of an image; all else of it is short. */
function codeUnitsOf({ title, description, tags }: Image): number {
  return title.length + description.length + tags.reduce((sum, tag) => sum + tag.length, 0);
}

/** Maps a page of images to the contract's message, with the page token of the next one. */
export function toPageMessage(list: PagedList, page: Page<Image>) {
  return {
    images: page.items.map(toMessage),
    nextPageToken: toNextPageToken(list, page, ({ id }) => [id]),
  };
}

/** Maps a page of likes to the contract's message, with the page token of the next one. */
export function toLikePageMessage(list: PagedList, page: Page<Like>) {
  return {
    likes: page.items.map(({ userId, createTime }) => ({
      userId,
      createTime: timestampFromDate(createTime),
    })),
    nextPageToken: toNextPageToken(list, page, ({ createTime, userId }) => [
      createTime.toISOString(),
      userId,
    ]),
  };
}

/** Maps the facts of an image to the contract's message. */
export function toFactsMessage({
  id,
  ownerId,
  commentsOpen,
  state,
}: ImageFacts): MessageInitShape<typeof ImageFactsSchema> {
  return { id, ownerId, commentsOpen, state: STATE_CODES[state] };
}

/** Maps a visibility to the contract's code. */
export function toVisibilityCode(visibility: Visibility): VisibilityCode {
  return VISIBILITY_CODES[visibility];
}

/**
 * Maps the contract's code of a visibility; returns undefined if none is chosen, or the code is
 * unknown.
 */
export function fromVisibilityCode(code: VisibilityCode): Visibility | undefined {
  return REQUESTED_VISIBILITIES.get(code);
}

/**
 * Maps the contract's code of a variant, or of the original; returns undefined if it is unknown.
 */
export function fromVariantCode(code: VariantCode): VariantName | "original" | undefined {
  return REQUESTED_VARIANTS.get(code);
}
