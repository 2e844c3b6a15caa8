import sharp, { type Sharp, type SharpOptions } from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import type { Dimensions } from "#domain/dimensions/dimensions.ts";
import type { ImageFailure, VariantName } from "#domain/image.ts";
import type { RenderedVariant, RenderResult } from "#domain/renderer.ts";
import { PIXELS_MAX } from "#domain/upload-check.ts";

/** The longer side of each variant, in pixels. */
const SIDE_MAX = { large: 2048, medium: 1024, small: 512 } as const;
const THUMB_SIDE = 256;
const THUMBHASH_SIDE_MAX = 100;
const QUALITY = 80;
const CONTENT_TYPE = "image/webp";

/**
 * Each process renders one picture at a time, in one thread: the worker's concurrency is its number
 * of renderers.
 */
sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegFile",
    "VipsForeignLoadPngFile",
    "VipsForeignLoadWebpFile",
    "VipsForeignLoadHeifFile",
    "VipsForeignLoadNsgifFile",
  ],
});

const INPUT = {
  limitInputPixels: PIXELS_MAX,
  /**
   * Fails on a file that is damaged or cut off. "warning" would also fail on the stray bytes that
   * some cameras leave between a JPEG's segments, which every viewer skips.
   */
  failOn: "error",
  pages: 1,
  sequentialRead: true,
} as const satisfies SharpOptions;

/** A decoded picture in memory: at most 2048 × 2048, 17 MB. */
interface Raw {
  readonly data: Buffer;
  readonly info: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 2 | 3 | 4;
  };
}

/**
 * Renders every variant of the file at `path`: upright, in sRGB, without a byte of metadata.
 * Decodes the file once: the smaller variants are made from the large one. Throws if the file could
 * not be read for a reason outside of it.
 */
export async function renderImage(path: string): Promise<RenderResult> {
  try {
    const { autoOrient } = await sharp(path, INPUT).metadata();
    const large = await decode(path);
    const sources = { path, size: autoOrient, large };
    const variants: RenderedVariant[] = [];
    for (const name of ["large", "medium", "small"] as const) {
      const side = SIDE_MAX[name];
      variants.push(await encode(name, fromRaw(large).resize(side, side, INSIDE)));
    }
    variants.push(await encode("thumb", thumbOf(sources)));
    const { width, height } = autoOrient;
    return { kind: "rendered", width, height, placeholder: await thumbhash(large), variants };
  } catch (error) {
    return { kind: "failed", failure: failureOf(error) };
  }
}

const INSIDE = { fit: "inside", withoutEnlargement: true } as const;

function upright(path: string): Sharp {
  return sharp(path, INPUT).autoOrient().toColourspace("srgb");
}

async function decode(path: string): Promise<Raw> {
  const side = SIDE_MAX.large;
  return await upright(path)
    .resize(side, side, INSIDE)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
}

function fromRaw({ data, info: { width, height, channels } }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/**
 * Makes the thumb from the large variant, or from the file itself if that variant is too low, as a
 * panorama's may be.
 */
function thumbOf(sources: {
  readonly path: string;
  readonly size: Dimensions;
  readonly large: Raw;
}): Sharp {
  const { path, size, large } = sources;
  const side = Math.min(THUMB_SIDE, size.width, size.height);
  const isLow = Math.min(large.info.width, large.info.height) < side;
  return (isLow ? upright(path) : fromRaw(large)).resize(side, side, { fit: "cover" });
}

async function encode(name: VariantName, pipeline: Sharp): Promise<RenderedVariant> {
  const { data, info } = await pipeline
    .webp({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { name, width, height, contentType: CONTENT_TYPE, bytes: data };
}

async function thumbhash(large: Raw): Promise<Uint8Array> {
  const { data, info } = await fromRaw(large)
    .resize(THUMBHASH_SIDE_MAX, THUMBHASH_SIDE_MAX, INSIDE)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return rgbaToThumbHash(info.width, info.height, data);
}

/**
 * Returns the failure if the file is at fault; else throws. Sharp's errors have nothing but a
 * message.
 */
function failureOf(error: unknown): ImageFailure {
  const message = error instanceof Error ? error.message : "";
  if (/file is missing|unable to open|Cannot allocate/i.test(message)) throw error;
  return /exceeds pixel limit/i.test(message) ? "too_expensive" : "unreadable";
}
