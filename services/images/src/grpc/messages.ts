import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  ImageFailure as FailureCode,
  type ImageSchema,
  ImageState as StateCode,
  VariantName as VariantCode,
  Visibility as VisibilityCode,
} from "@triptych/protos/images/v1/image_pb";
import type { ImageFactsSchema } from "@triptych/protos/images/v1/image_service_pb";
import type {
  Image,
  ImageFacts,
  ImageFailure,
  ImageState,
  VariantName,
  Visibility,
} from "#domain/image.ts";
import type { RequestedVisibility } from "#domain/image-rules.ts";
import { etagOf } from "#domain/images.ts";

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

const REQUESTED_VISIBILITIES: ReadonlyMap<VisibilityCode, RequestedVisibility> = new Map([
  [VisibilityCode.UNSPECIFIED, "unspecified"],
  [VisibilityCode.PUBLIC, "public"],
  [VisibilityCode.UNLISTED, "unlisted"],
  [VisibilityCode.PRIVATE, "private"],
]);

/** Shows an image as the contract does. */
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

/** Shows the facts of an image as the contract does. */
export function toFactsMessage({
  id,
  ownerId,
  commentsOpen,
  state,
}: ImageFacts): MessageInitShape<typeof ImageFactsSchema> {
  return { id, ownerId, commentsOpen, state: STATE_CODES[state] };
}

/** Shows who may see an image as the contract does. */
export function toVisibilityCode(visibility: Visibility): VisibilityCode {
  return VISIBILITY_CODES[visibility];
}

/** Reads a visibility; a number that the contract does not know is "unknown". */
export function fromVisibilityCode(code: VisibilityCode): RequestedVisibility {
  return REQUESTED_VISIBILITIES.get(code) ?? "unknown";
}

/**
 * Reads the name of a rendition, or of the original; undefined if the contract does not know it.
 */
export function fromVariantCode(code: VariantCode): VariantName | "original" | undefined {
  return REQUESTED_VARIANTS.get(code);
}
