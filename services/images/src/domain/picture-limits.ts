import type { Dimensions, PictureHeader } from "./dimensions/dimensions.ts";
import type { ContentType } from "./image.ts";

/** The largest accepted picture: 100 megapixels, as telephones take them. */
export const PIXELS_MAX = 100_000_000;
/**
 * The longest accepted side, in pixels. Decoders hold some rows in memory, so a picture of one row
 * of 50,000,000 pixels would take more than a gigabyte.
 */
export const SIDE_MAX = 32_768;
/**
 * The most memory that a decoder may take, in bytes: 2 GiB. The kernel stops a renderer that takes
 * more.
 */
export const DECODER_BYTES_MAX = 2_147_483_648;
/** The same for a small image, which has a place of its own: 256 MiB, twice what it takes. */
export const SMALL_DECODER_BYTES_MAX = 268_435_456;

/**
 * The most memory that decoding takes for each pixel, in bytes, measured with pictures of 100
 * megapixels: JPEG progressive in CMYK, PNG interlaced with 16 bits and alpha, AVIF with alpha.
 */
const DECODER_BYTES_PER_PIXEL = {
  "image/jpeg": 9,
  "image/png": 10,
  "image/webp": 4,
  "image/gif": 6,
  "image/avif": 19,
} as const satisfies Record<ContentType, number>;
/** The same for an AVIF with 10 or 12 bits for each channel. */
const DEEP_DECODER_BYTES_PER_PIXEL = 26;

/** Returns the most pixels that a picture with this header may have. */
export function pixelsMax(contentType: ContentType, { isDeep }: PictureHeader): number {
  const perPixel = isDeep ? DEEP_DECODER_BYTES_PER_PIXEL : DECODER_BYTES_PER_PIXEL[contentType];
  return Math.min(PIXELS_MAX, Math.floor(DECODER_BYTES_MAX / perPixel));
}

/** Returns whether a picture has more pixels, or longer sides, than are accepted. */
export function isTooLarge({ width, height }: Dimensions, max = PIXELS_MAX): boolean {
  return width * height > max || Math.max(width, height) > SIDE_MAX;
}
