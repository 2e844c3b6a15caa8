import {
  ImageFailure,
  type Image as ImageMessage,
  ImageState,
  type Variant as VariantMessage,
  VariantName,
  Visibility,
} from "@triptych/protos/images/v1/image_pb";
import type { Image, Variant } from "#schemas/images.ts";
import { toText } from "./moment-text.ts";

/** What other services know of an image. */
export interface ImageDecoration {
  readonly owner: Image["owner"];
  readonly commentCount: number | null;
  readonly signedIn: boolean;
}

/** The variants by their names in the REST API. */
export const VARIANT_NAMES = {
  original: VariantName.ORIGINAL,
  large: VariantName.LARGE,
  medium: VariantName.MEDIUM,
  small: VariantName.SMALL,
  thumb: VariantName.THUMB,
} as const satisfies Record<Variant["name"], VariantName>;

/** The visibilities by their names in the REST API. */
export const VISIBILITIES = {
  public: Visibility.PUBLIC,
  unlisted: Visibility.UNLISTED,
  private: Visibility.PRIVATE,
} as const satisfies Record<Image["visibility"], Visibility>;

const STATES = {
  processing: ImageState.PROCESSING,
  ready: ImageState.READY,
  failed: ImageState.FAILED,
} as const satisfies Record<Image["state"], ImageState>;

const VARIANT_WORDS = reversed(VARIANT_NAMES);
const VISIBILITY_WORDS = reversed(VISIBILITIES);
const STATE_WORDS = reversed(STATES);
const FAILURE_WORDS = reversed(ImageFailure);

/** Converts an image to its shape in the REST API, with its decoration. */
export function toImage(message: ImageMessage, decoration: ImageDecoration): Image {
  const { owner, commentCount, signedIn } = decoration;
  return {
    id: message.id,
    ownerId: message.ownerId,
    owner,
    title: message.title,
    description: message.description,
    tags: message.tags,
    visibility: wordOf(VISIBILITY_WORDS, message.visibility),
    commentsOpen: message.commentsOpen,
    state: wordOf(STATE_WORDS, message.state),
    ...(message.state === ImageState.FAILED && { failure: failureOf(message) }),
    width: sideOf(message.width),
    height: sideOf(message.height),
    contentType: message.contentType,
    sizeBytes: message.sizeBytes,
    placeholder: Buffer.from(message.placeholder).toString("base64"),
    variants: message.variants.map((variant) => toVariant(message.id, variant)),
    likeCount: message.likeCount,
    commentCount,
    ...(signedIn && { viewer: { liked: message.liked ?? false } }),
    createTime: toText(message.createTime),
    updateTime: toText(message.updateTime),
  };
}

function toVariant(imageId: string, variant: VariantMessage): Variant {
  const { width, height, contentType, version } = variant;
  const name = wordOf(VARIANT_WORDS, variant.name);
  const url = `/v1/images/${imageId}/content?variant=${name}&v=${version}`;
  return { name, width, height, contentType, url };
}

/** In the contract 0 means that the size is not known. */
function sideOf(pixels: number): number | null {
  return pixels === 0 ? null : pixels;
}

function failureOf({ failure = ImageFailure.UNSPECIFIED }: ImageMessage): string {
  return FAILURE_WORDS.get(failure) ?? "UNSPECIFIED";
}

function wordOf<W extends string>(words: ReadonlyMap<number, W>, value: number): W {
  const word = words.get(value);
  if (word === undefined) throw new Error(`the contract has a value ${value} that has no word`);
  return word;
}

/** Reverses a table of words, to find the word of a value. */
function reversed<W extends string>(words: Readonly<Record<W, number>>): ReadonlyMap<number, W> {
  return new Map((Object.keys(words) as W[]).map((word) => [words[word], word]));
}
