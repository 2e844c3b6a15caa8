/** How much a world contains. */
export interface WorldSize {
  readonly images: number;
  readonly comments: number;
  readonly users: number;
}

/** The world of most scenarios. */
export const SIZE_DEFAULT: WorldSize = { images: 2_000, comments: 100_000, users: 200 };

/** The world of the mix. */
export const SIZE_BIG: WorldSize = { images: 100_000, comments: 1_000_000, users: 1_000 };

/** A login that `POST /v1/sessions` accepts. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
}

/** What is known of a world without its databases. */
export interface WorldFacts {
  readonly size: WorldSize;
  /** Public images that are ready, the most commented and most visited first (Zipf). */
  readonly imageIds: readonly string[];
  /** Twenty of `imageIds` which are visited by most. */
  readonly hotImageIds: readonly string[];
  /** Images with at least 1,050 top-level comments: their page at depth 1,000 is full. */
  readonly commentImageIds: readonly string[];
  /** The uploaded images, all of the first user, whose originals and variants the others share. */
  readonly imageIdsWithBytes: readonly string[];
  readonly userIds: readonly string[];
  /** The open session of each user, in the order of `userIds`. */
  readonly sessionIds: readonly string[];
  /** How each user signs in, in the order of `userIds`. */
  readonly credentials: readonly Credentials[];
  /** The answer to `GET /v1/images/{id}` for the hottest image: what the roofs answer. */
  readonly sampleBody: string;
  /** The thumb of an uploaded image, below the folder of blobs. */
  readonly sampleThumb: string;
}

/**
 * The data that every arm serves: the same users, images and comments, under the same ids. Built
 * once for each size and seed, and kept in a folder. An arm serves a copy of it.
 */
export interface World extends WorldFacts {
  /** The folder with the data, which nobody changes. */
  readonly folder: string;
}
