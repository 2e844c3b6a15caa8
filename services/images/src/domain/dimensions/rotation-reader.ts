import { readAvifRotation } from "./avif-rotation.ts";
import { type ByteParser, ParserDriver, skip, take } from "./byte-parser.ts";
import { beginsAsExif, liesOnItsSide } from "./exif-orientation.ts";

/**
 * Whether a picture is shown turned by a quarter, so that its width and height change places.
 * "unknown" if only decoding can find it out.
 */
export type Rotation = boolean | "unknown";

/** EXIF that is larger is not read, nor is the head of an AVIF. Phones write some kilobytes. */
const GATHERED_BYTES_MAX = 256 * 1024;
const JPEG_APP1 = 0xe1;
const JPEG_SCAN = 0xda;
const JPEG_END = 0xd9;
const WEBP_EXIF_FLAG = 0x08;

/** Creates the reader of a picture's rotation, which takes the bytes of its file as they come. */
export function createRotationReader(contentType: keyof typeof PARSERS): ParserDriver<Rotation> {
  return new ParserDriver(PARSERS[contentType]());
}

const PARSERS = {
  "image/jpeg": parseJpeg,
  "image/png": parsePng,
  "image/webp": parseWebp,
  "image/avif": parseAvif,
  "image/gif": parseGif,
} as const satisfies Record<string, () => ByteParser<Rotation>>;

/** Reads the first EXIF segment, as decoders do. Every segment but the scan has a length. */
function* parseJpeg(): ByteParser<Rotation> {
  yield* skip(2);
  while (true) {
    if ((yield* take(1))[0] !== 0xff) return "unknown";
    let [marker = 0] = yield* take(1);
    while (marker === 0xff) [marker = 0] = yield* take(1); // fill bytes
    if (marker === JPEG_SCAN || marker === JPEG_END) return false;
    const length = (yield* take(2)).readUInt16BE() - 2;
    if (length < 0) return "unknown";
    if (marker !== JPEG_APP1) {
      yield* skip(length);
      continue;
    }
    const segment = yield* take(length);
    if (beginsAsExif(segment)) return liesOnItsSide(segment);
  }
}

/** Reads the chunk eXIf. Decoders look for it before the pixels only. */
function* parsePng(): ByteParser<Rotation> {
  yield* skip(8);
  while (true) {
    const head = yield* take(8);
    const length = head.readUInt32BE();
    const type = head.toString("latin1", 4);
    if (type === "IDAT" || type === "IEND") return false;
    if (type === "eXIf" && length <= GATHERED_BYTES_MAX) return liesOnItsSide(yield* take(length));
    yield* skip(length + 4);
  }
}

/** Reads the chunk EXIF, which lies behind the pixels. A flag in the first chunk announces it. */
function* parseWebp(): ByteParser<Rotation> {
  yield* skip(12);
  const first = yield* take(9);
  const isExtended = first.toString("latin1", 0, 4) === "VP8X";
  if (!isExtended || ((first[8] ?? 0) & WEBP_EXIF_FLAG) === 0) return false;
  yield* skip(paddedWebp(first.readUInt32LE(4)) - 1);
  while (true) {
    const head = yield* take(8);
    const length = head.readUInt32LE(4);
    const isExif = head.toString("latin1", 0, 4) === "EXIF";
    if (isExif && length <= GATHERED_BYTES_MAX) return liesOnItsSide(yield* take(length));
    yield* skip(paddedWebp(length));
  }
}

const paddedWebp = (length: number) => length + (length % 2);

/** Reads the box meta. EXIF does not turn an AVIF. */
function* parseAvif(): ByteParser<Rotation> {
  while (true) {
    const head = yield* take(8);
    const length = head.readUInt32BE() - 8;
    if (length < 0) return "unknown";
    const isMeta = head.toString("latin1", 4) === "meta";
    if (isMeta && length > GATHERED_BYTES_MAX) return "unknown";
    if (isMeta) return readAvifRotation(yield* take(length));
    yield* skip(length);
  }
}

// biome-ignore lint/correctness/useYield: a GIF cannot say that it is turned.
function* parseGif(): ByteParser<Rotation> {
  return false;
}
