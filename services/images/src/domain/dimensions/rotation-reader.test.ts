import sharp from "sharp";
import { createUploadCheck } from "#domain/upload-check.ts";
import type { Dimensions } from "./dimensions.ts";

const FORMATS = ["jpeg", "png", "webp", "avif"] as const;
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Returns the size that the check of an upload finds, in pieces of this size. */
function found(file: Buffer, pieceBytes: number): Dimensions | undefined {
  const upload = createUploadCheck();
  for (let at = 0; at < file.length; at += pieceBytes) {
    upload.push(file.subarray(at, at + pieceBytes));
  }
  return upload.end().dimensions;
}

/** Returns the size that the renderer finds. */
async function shown(file: Buffer): Promise<Dimensions> {
  return (await sharp(file).metadata()).autoOrient;
}

function blank() {
  return sharp({ create: { width: 40, height: 20, channels: 3, background: "#888" } });
}

function turned(orientation: number) {
  return blank().withMetadata({ orientation });
}

describe("the size of an upload", () => {
  describe.each(FORMATS)("of a %s", (format) => {
    test.each(ORIENTATIONS)(
      "is the one that is shown, with orientation %d",
      async (orientation) => {
        const file = await turned(orientation).toFormat(format).toBuffer();
        const expected = await shown(file);
        expect(expected.width).toBe(orientation >= 5 ? 20 : 40);
        for (const pieceBytes of [1, 7, 65_536]) expect(found(file, pieceBytes)).toEqual(expected);
      },
    );

    test("is the stored one without EXIF", async () => {
      const file = await blank().toFormat(format).toBuffer();
      expect(found(file, 100)).toEqual({ width: 40, height: 20 });
    });
  });

  test("of a WebP that promises EXIF and has none is the stored one", async () => {
    const file = await turned(6).webp().toBuffer();
    file.write("NONE", file.indexOf("EXIF", 100), "latin1");
    expect(found(file, 9)).toEqual(await shown(file));
  });

  test("of a GIF is its screen", async () => {
    const file = await blank().gif().toBuffer();
    expect(found(file, 1)).toEqual({ width: 40, height: 20 });
  });

  test.each(["II", "MM"])("is found with EXIF in the byte order %s", async (order) => {
    const file = await blank().jpeg().toBuffer();
    const both = withSegments(file, [exif(order, 6)]);
    expect(found(both, 3)).toEqual(await shown(both));
    expect(found(both, 3)).toEqual({ width: 20, height: 40 });
  });

  test.each([
    ["two, of which the first counts", [exif("II", 6), exif("II", 1)]],
    ["two, of which the second would turn it", [exif("II", 1), exif("II", 6)]],
    ["one that names no such orientation", [exif("MM", 9)]],
    ["one that is no TIFF", [withByte(exif("II", 6), 8, 43)]],
    ["one with a byte instead of a short", [withByte(exif("II", 6), 18, 1)]],
    ["one with a long instead of a short", [withByte(exif("II", 6), 18, 4)]],
    ["one with a text instead of a short", [withByte(exif("II", 6), 18, 2)]],
    ["one with no orientation", [withByte(exif("II", 6), 20, 0)]],
    ["one with two orientations", [withByte(exif("II", 6), 20, 2)]],
    ["one with three, which lie outside of it", [withByte(exif("II", 200), 20, 3)]],
    ["one with three, which lie behind it", [longExif()]],
    ["one that is cut off", [exif("MM", 6).subarray(0, 12)]],
    ["one whose directory lies outside of it", [exif("MM", 6, 4_000)]],
  ])("is the one that is shown, of a JPEG with EXIF: %s", async (_, segments) => {
    const file = withSegments(await blank().jpeg().toBuffer(), segments);
    expect(found(file, 5)).toEqual(await shown(file));
  });

  test.each(FORMATS)("of any part of a %s is found without an error", async (format) => {
    const file = await turned(6).toFormat(format).toBuffer();
    for (let length = 16; length < file.length; length += 3) {
      const upload = createUploadCheck();
      expect(() => upload.push(file.subarray(0, length))).not.toThrow();
    }
  });

  test("of an AVIF whose head is damaged is not known, or read without an error", async () => {
    const file = await turned(6).avif().toBuffer();
    const headBytes = file.indexOf("mdat");
    for (let at = 32; at < headBytes; at++) {
      const damaged = Buffer.from(file);
      damaged[at] = 0xff - (damaged[at] ?? 0);
      expect(() => found(damaged, 65_536)).not.toThrow(RangeError);
    }
  });
});

/** EXIF with the orientation as its only entry. */
function exif(order: string, orientation: number, directory = 8): Buffer {
  const tiff = Buffer.alloc(26);
  const number = (value: number, bytes: number, at: number) =>
    order === "II" ? tiff.writeUIntLE(value, at, bytes) : tiff.writeUIntBE(value, at, bytes);
  tiff.write(order, 0, "latin1");
  number(42, 2, 2);
  number(directory, 4, 4);
  number(1, 2, 8);
  number(0x0112, 2, 10);
  number(3, 2, 12);
  number(1, 4, 14);
  number(orientation, 2, 18);
  return Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
}

/** EXIF whose entry has three shorts, which do not fit into it. */
function longExif(): Buffer {
  const entry = withByte(exif("II", 26), 20, 3);
  return Buffer.concat([entry, Buffer.from([6, 0, 1, 0, 1, 0])]);
}

/** Changes a byte of EXIF in the byte order II. */
function withByte(segment: Buffer, at: number, value: number): Buffer {
  segment.writeUInt8(value, at);
  return segment;
}

/** Puts segments of EXIF in front of the others. */
function withSegments(jpeg: Buffer, segments: readonly Buffer[]): Buffer {
  const heads = segments.map((segment) => {
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(segment.length + 2, 2);
    return Buffer.concat([head, segment]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...heads, jpeg.subarray(2)]);
}
