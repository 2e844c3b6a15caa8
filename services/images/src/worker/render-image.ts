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
 * One picture at a time, in one thread: the worker's concurrency is the number of its renderers.
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
   * Ends on a file that is cut off or damaged. Not "warning": that also ends on the stray bytes
   * that some cameras leave between a JPEG's segments, which every viewer passes over.
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
 * Makes every variant of the file at `path`: upright, in sRGB, without a byte of metadata. The file
 * is decoded once; the smaller ones come from the large one. Throws if the file could not be read
 * for a reason that is not its own.
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
 * A panorama's large variant may be lower than the thumb is to be: then the thumb comes from the
 * file itself.
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
 * What is wrong with the file, if it is the file; else throws. Sharp's errors carry nothing but
 * their message.
 */
function failureOf(error: unknown): ImageFailure {
  const message = error instanceof Error ? error.message : "";
  if (/file is missing|unable to open|Cannot allocate/i.test(message)) throw error;
  return /exceeds pixel limit/i.test(message) ? "too_expensive" : "unreadable";
}
