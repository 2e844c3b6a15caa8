import { readFile } from "node:fs/promises";
import sharp, { type Sharp, type SharpOptions } from "sharp";
import type { Dimensions } from "#domain/dimensions/dimensions.ts";
import { variantSideMax } from "#domain/dimensions/variant-side.ts";
import { isTooLarge, PIXELS_MAX } from "#domain/picture-limits.ts";
import { mendEnding } from "./mend/mend-ending.ts";
import { isJpegThatEndsInZero } from "./mend/mend-jpeg.ts";
import { RenderFailure, toRenderFailure } from "./render-failure.ts";

/**
 * Each process renders one picture at a time, in one thread: the worker's concurrency is its number
 * of renderers.
 */
sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    ...["File", "Buffer"].flatMap((from) => [
      `VipsForeignLoadJpeg${from}`,
      `VipsForeignLoadPng${from}`,
      `VipsForeignLoadWebp${from}`,
      `VipsForeignLoadNsgif${from}`,
    ]),
    "VipsForeignLoadHeifFile",
  ],
});

const INPUT = {
  limitInputPixels: PIXELS_MAX,
  /**
   * Fails on a file that is cut off. "error" would also fail on a wrong checksum over right pixels,
   * and "warning" on the stray bytes that some cameras leave between a JPEG's segments. Every
   * viewer shows both.
   */
  failOn: "truncated",
  pages: 1,
  sequentialRead: true,
} as const satisfies SharpOptions;

/** The warning of libjpeg if the pixels of a JPEG are cut off, also before a proper end. */
const CUT_OFF = /premature end of data segment/;

/** Where a picture is read from: the path of its file, or its bytes. */
type Source = string | Buffer;

/** A decoded picture in memory: at most 8192 × 2731, 90 MB. */
export interface Raw {
  readonly data: Buffer;
  readonly info: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 2 | 3 | 4;
  };
}

/** A picture, decoded to the size of its large variant. */
export interface DecodedPicture {
  readonly source: Source;
  /** The size of the whole picture, upright. */
  readonly size: Dimensions;
  readonly large: Raw;
}

/**
 * Decodes the file at `path`. If its end is damaged, which harms nothing if the pixels are there,
 * decodes a copy with a proper end. Throws RenderFailure, or an error that is not the file's.
 */
export async function decodePicture(path: string): Promise<DecodedPicture> {
  let unreadable: unknown;
  for await (const source of sourcesOf(path)) {
    try {
      return await decode(source);
    } catch (error) {
      const failure = toRenderFailure(error);
      if (failure.reason !== "unreadable") throw failure;
      unreadable ??= failure;
    }
  }
  throw unreadable;
}

async function* sourcesOf(path: string): AsyncGenerator<Source> {
  // The zeroes of a preallocated file pass for pixels, so they are removed first.
  if (!(await isJpegThatEndsInZero(path))) yield path;
  yield* await mendEnding(await readFile(path));
}

async function decode(source: Source): Promise<DecodedPicture> {
  const { autoOrient: size } = await sharp(source, INPUT).metadata();
  if (isTooLarge(size)) throw new RenderFailure("too_expensive");
  const side = variantSideMax("large", size);
  let isCutOff = false;
  const large = await upright(source)
    .on("warning", (warning: string) => {
      isCutOff ||= CUT_OFF.test(warning);
    })
    .resize(side, side, INSIDE)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  // Only a mended copy is judged by it: a file with an end of its own may have a damaged part.
  if (isCutOff && Buffer.isBuffer(source)) throw new RenderFailure("unreadable");
  return { source, size, large };
}

/** Never enlarges. */
export const INSIDE = { fit: "inside", withoutEnlargement: true } as const;

/** A pipeline that reads a picture upright, in sRGB. */
export function upright(source: Source): Sharp {
  return sharp(source, INPUT).autoOrient().toColourspace("srgb");
}

/** A pipeline that reads a decoded picture. */
export function fromRaw({ data, info: { width, height, channels } }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}
