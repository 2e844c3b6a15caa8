import type { ParserDriver } from "#domain/dimensions/byte-parser.ts";
import {
  createDimensionReader,
  type DimensionReader,
} from "#domain/dimensions/dimension-reader.ts";
import type { Dimensions } from "#domain/dimensions/dimensions.ts";
import { createRotationReader, type Rotation } from "#domain/dimensions/rotation-reader.ts";
import type { ContentType } from "./image.ts";
import { detectImageType } from "./image-type.ts";
import { isTooLarge, pixelsMax, SIDE_MAX } from "./picture-limits.ts";
import { notAnImage, tooLarge, tooManyPixels } from "./reasons.ts";

/** The size of the largest accepted file: 25 MiB. */
export const UPLOAD_BYTES_MAX = 26_214_400;

/** A file that passed the checks. */
export interface CheckedFile {
  readonly contentType: ContentType;
  /** The size of the picture as it is shown, upright; undefined if only decoding can find it. */
  readonly dimensions: Dimensions | undefined;
}

/** Checks an upload's bytes as they pass. */
export interface UploadCheck {
  /** Throws NOT_AN_IMAGE, TOO_LARGE or TOO_MANY_PIXELS as soon as the bytes so far show it. */
  push(chunk: Uint8Array): void;
  /** Ends the file. Throws NOT_AN_IMAGE. */
  end(): CheckedFile;
}

/** Starts the check of one upload. It holds no more than a file's head in memory. */
export function createUploadCheck(): UploadCheck {
  let sizeBytes = 0;
  let head: Buffer = Buffer.alloc(0);
  let contentType: ContentType | undefined;
  let reader: DimensionReader | undefined;
  let rotation: ParserDriver<Rotation> | undefined;
  let stored: Dimensions | undefined;

  /**
   * The readers receive every byte once: the gathered head when the type is known, then each chunk.
   */
  function readHeader(bytes: Buffer): void {
    rotation?.push(bytes);
    const found = reader?.push(bytes);
    if (found === undefined || found === "more") return;
    reader = undefined;
    // An unreadable header passes: the decoder finds out what is wrong with it.
    if (found === "unknown" || contentType === undefined) return;
    const max = pixelsMax(contentType, found);
    if (isTooLarge(found, max)) throw tooManyPixels(found, { pixels: max, side: SIDE_MAX });
    stored = { width: found.width, height: found.height };
  }

  function detect(ended: boolean): ContentType | undefined {
    const detected = detectImageType(head, ended);
    if (detected === "more") return undefined;
    if (detected === "unknown") throw notAnImage();
    contentType = detected;
    reader = createDimensionReader(detected);
    rotation = createRotationReader(detected);
    readHeader(head);
    head = Buffer.alloc(0);
    return detected;
  }

  return {
    push(chunk) {
      sizeBytes += chunk.length;
      if (sizeBytes > UPLOAD_BYTES_MAX) throw tooLarge(UPLOAD_BYTES_MAX);
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (contentType !== undefined) return readHeader(bytes);
      head = Buffer.concat([head, bytes]);
      detect(false);
    },
    end() {
      const detected = contentType ?? detect(true);
      if (detected === undefined) throw notAnImage();
      // A file that ends before it says so is not turned.
      return { contentType: detected, dimensions: upright(stored, rotation?.result ?? false) };
    },
  };
}

function upright(stored: Dimensions | undefined, rotation: Rotation): Dimensions | undefined {
  if (stored === undefined || rotation === "unknown") return undefined;
  return rotation ? { width: stored.height, height: stored.width } : stored;
}
