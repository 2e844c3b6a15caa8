import sharp from "sharp";
import { createUploadCheck } from "./upload-check.ts";

/** Checks a file in pieces of this size, and returns its type. */
function check(file: Buffer, pieceBytes: number): string {
  return checked(file, pieceBytes).contentType;
}

function checked(file: Buffer, pieceBytes: number) {
  const upload = createUploadCheck();
  for (let at = 0; at < file.length; at += pieceBytes) {
    upload.push(file.subarray(at, at + pieceBytes));
  }
  return upload.end();
}

function blank(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: "#888" } });
}

/** Files with a few pixels too many. */
const TOO_WIDE = {
  "image/jpeg": () => jpeg(0xc0),
  "a progressive image/jpeg": () => jpeg(0xc2),
  "image/png": () => png(10_000, 10_001),
  "a lossy image/webp": () => webp("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, 0x10, 0x27, 0x11, 0x27]),
  "a lossless image/webp": () => webp("VP8L", [0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0]),
  "an extended image/webp": () => webp("VP8X", [0, 0, 0, 0, 0x0f, 0x27, 0, 0x10, 0x27, 0]),
  "image/avif": () => avif(10_000, 10_001),
  "image/gif": () => gif(10_000, 10_001),
} as const;

describe("the check of an upload", () => {
  describe.each([1, 7, 65_536])("in pieces of %d bytes", (pieceBytes) => {
    test.each(["jpeg", "png", "webp", "avif", "gif"] as const)("detects a %s", async (format) => {
      const file = await blank(40, 30).toFormat(format).toBuffer();
      expect(check(file, pieceBytes)).toBe(`image/${format}`);
    });

    test.each(Object.entries(TOO_WIDE))("fails with TOO_MANY_PIXELS for %s", (_, make) => {
      expect(() => check(make(), pieceBytes)).toThrow(
        expect.objectContaining({ reason: "TOO_MANY_PIXELS" }),
      );
    });

    test("fails with NOT_AN_IMAGE for other bytes", () => {
      for (const file of [Buffer.from("<svg>"), Buffer.alloc(600), Buffer.from([0xff, 0xd8])]) {
        expect(() => check(file, pieceBytes)).toThrow(
          expect.objectContaining({ reason: "NOT_AN_IMAGE" }),
        );
      }
    });
  });

  test.each([
    ["image/png", png(10_000, 10_000)],
    ["image/png", png(32_768, 3_051)],
    ["image/gif", gif(3_051, 32_768)],
    ["image/webp", webp("VP8X", [0, 0, 0, 0, 0x0f, 0x27, 0, 0x0f, 0x27, 0])],
    ["image/avif", avif(10_000, 10_000)],
    ["image/avif", avif(10_000, 8_000, { isDeep: true })],
  ])("accepts 100 megapixels, and 32,768 on a side: %s", (type, file) => {
    expect(check(file, 100)).toBe(type);
  });

  test.each([
    ["a row of 50,000,000 pixels", png(50_000_000, 1), 100_000_000],
    ["a column", gif(1, 32_769), 100_000_000],
    [
      "an AVIF of 12 bits, which takes more memory",
      avif(10_000, 8_300, { isDeep: true }),
      82_595_524,
    ],
  ])("fails with TOO_MANY_PIXELS for %s", (_, file, pixels) => {
    expect(() => check(file, 100)).toThrow(
      expect.objectContaining({
        reason: "TOO_MANY_PIXELS",
        metadata: expect.objectContaining({ max_pixels: String(pixels), max_side: "32768" }),
      }),
    );
  });

  test("finds the size of a JPEG behind megabytes of metadata", () => {
    const segment = Buffer.alloc(65_535 + 2, 1);
    segment.set([0xff, 0xe1, 0xff, 0xff]);
    const file = Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      ...Array(64).fill(segment),
      jpeg(0xc0).subarray(2),
    ]);
    expect(file.length).toBeGreaterThan(4_000_000);
    expect(() => check(file, 65_536)).toThrow(
      expect.objectContaining({ reason: "TOO_MANY_PIXELS" }),
    );
  });

  test.each([
    [
      "a JPEG with bytes between its segments",
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 7]),
    ],
    ["a JPEG with an impossible length", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0, 0])],
    ["a JPEG without a frame", Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 8, 0, 0, 0, 0])],
    [
      "an AVIF of one endless box",
      Buffer.concat([avif(9, 9).subarray(0, 20), Buffer.alloc(300_000)]),
    ],
  ])("leaves %s to the decoder", (_, file) => {
    expect(check(file, 1_000)).toMatch(/^image\//);
  });

  test("fails with TOO_LARGE at the first byte over the limit", () => {
    const upload = createUploadCheck();
    const chunk = Buffer.alloc(1_048_576);
    upload.push(Buffer.concat([gif(1, 1), chunk.subarray(gif(1, 1).length)]));
    for (let count = 1; count < 25; count++) upload.push(chunk);
    expect(() => upload.push(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ reason: "TOO_LARGE" }),
    );
  });
});

/** Two segments, a fill byte, and the header of a frame of 10,000 × 10,001. */
function jpeg(frame: number): Buffer {
  const segments = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9, 0xff];
  const frameHead = [0xff, frame, 0, 17, 8, 0x27, 0x11, 0x27, 0x10, 3, 1, 0x22, 0, 2, 0x11, 1];
  return Buffer.from([...segments, ...frameHead]);
}

function png(width: number, height: number): Buffer {
  const head = Buffer.from("\x89PNG\r\n\x1a\n....IHDR................", "latin1");
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

function webp(chunk: string, content: readonly number[]): Buffer {
  const head = Buffer.from(`RIFF....WEBP${chunk}....`, "latin1");
  return Buffer.concat([head, Buffer.from(content)]);
}

function gif(width: number, height: number): Buffer {
  const head = Buffer.alloc(40);
  head.write("GIF89a", "latin1");
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  return head;
}

function avif(width: number, height: number, { isDeep = false } = {}): Buffer {
  const size = Buffer.alloc(12);
  size.writeUInt32BE(width, 4);
  size.writeUInt32BE(height, 8);
  const tile = Buffer.alloc(12);
  tile.writeUInt32BE(512, 4);
  tile.writeUInt32BE(512, 8);
  const codec = box("av1C", Buffer.from([0x81, 0, isDeep ? 0x40 : 0, 0]));
  const properties = box("iprp", box("ipco", box("ispe", tile), codec, box("ispe", size)));
  const meta = box("meta", Buffer.alloc(4), box("hdlr", Buffer.alloc(20)), properties);
  return Buffer.concat([box("ftyp", Buffer.from("avif0000mif1avif", "latin1")), meta]);
}

function box(type: string, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, content]);
}
