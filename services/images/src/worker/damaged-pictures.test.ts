import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { createRenderer, type ProcessRenderer } from "./renderer.ts";

const WIDTH = 400;
const HEIGHT = 300;
const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

/** A pattern that compresses badly. */
function pixels(): Buffer {
  const bytes = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + (at >> 8) * 17) & 0xff;
  return bytes;
}

function picture(): Sharp {
  return sharp(pixels(), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

const PICTURES = {
  jpeg: () => picture().jpeg().toBuffer(),
  "progressive jpeg": () => picture().jpeg({ progressive: true }).toBuffer(),
  "jpeg in CMYK": () => picture().toColourspace("cmyk").jpeg().toBuffer(),
  png: () => picture().png().toBuffer(),
  "interlaced png": () => picture().png({ progressive: true }).toBuffer(),
  gif: () => picture().gif().toBuffer(),
  animation: () =>
    sharp(Buffer.concat([pixels(), Buffer.alloc(WIDTH * HEIGHT * 3, 200)]), {
      raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT },
    })
      .gif()
      .toBuffer(),
  webp: () => picture().webp().toBuffer(),
  "lossless webp": () => picture().webp({ lossless: true }).toBuffer(),
  "animated webp": () =>
    sharp(Buffer.concat([pixels(), Buffer.alloc(WIDTH * HEIGHT * 3, 200)]), {
      raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT },
    })
      .webp()
      .toBuffer(),
  avif: () => picture().avif({ effort: 0 }).toBuffer(),
} as const;

type Damage = (file: Buffer) => Buffer;

const without =
  (bytes: number): Damage =>
  (file) =>
    file.subarray(0, file.length - bytes);
const part =
  (share: number): Damage =>
  (file) =>
    file.subarray(0, Math.floor(file.length * share));
const followedBy =
  (...more: readonly Buffer[]): Damage =>
  (file) =>
    Buffer.concat([file, ...more]);
const both =
  (first: Damage, second: Damage): Damage =>
  (file) =>
    second(first(file));
const changed =
  (change: (copy: Buffer) => void): Damage =>
  (file) => {
    const copy = Buffer.from(file);
    change(copy);
    return copy;
  };
const inserted =
  (at: number, bytes: Buffer): Damage =>
  (file) =>
    Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)]);

/** A segment of a JPEG: its marker and content. */
function segment(marker: number, content: string): Buffer {
  const bytes = Buffer.from(content, "latin1");
  return Buffer.concat([Buffer.from([0xff, marker, 0, bytes.length + 2]), bytes]);
}

/** A chunk of a PNG with a wrong checksum. */
function chunk(type: string, content: string): Buffer {
  const bytes = Buffer.from(`....${type}${content}....`, "latin1");
  bytes.writeUInt32BE(content.length, 0);
  return bytes;
}

const sizeInHead = (change: number) =>
  changed((file) => {
    file.writeUInt32LE(file.readUInt32LE(4) + change, 4);
  });

const garbage = Buffer.from("more bytes behind the end ".repeat(40));
const PNG_HEAD_BYTES = 33;
const IEND_BYTES = 12;

const WHOLE: readonly (readonly [keyof typeof PICTURES, string, Damage])[] = [
  ["jpeg", "without its end marker", without(2)],
  ["jpeg", "without the second half of its end marker", without(1)],
  ["jpeg", "without its last 8 bytes", without(8)],
  ["jpeg", "with zeroes for its end marker", both(without(2), followedBy(Buffer.alloc(4_096)))],
  ["jpeg", "with more bytes behind its end", followedBy(garbage)],
  ["jpeg", "with zeroes behind its end", followedBy(Buffer.alloc(4_096))],
  ["jpeg", "with stray bytes between its segments", inserted(20, Buffer.from([1, 2, 3]))],
  ["jpeg", "with EXIF that cannot be read", inserted(2, segment(0xe1, "Exif\0\0nonsense"))],
  [
    "jpeg",
    "with a colour profile that is none",
    inserted(2, segment(0xe2, "ICC_PROFILE\0\x01\x01no")),
  ],
  [
    "jpeg",
    "with XMP that is cut off",
    inserted(2, segment(0xe1, "http://ns.adobe.com/xap/1.0/\0<x:")),
  ],
  ["jpeg", "with an odd Adobe marker", inserted(2, segment(0xee, "Adobe\0\x64\0\0\0\0\x01"))],
  ["progressive jpeg", "without its end marker", without(2)],
  ["progressive jpeg", "without its last 8 bytes", without(8)],
  ["jpeg in CMYK", "without its end marker", without(2)],
  ["png", "without IEND", without(IEND_BYTES)],
  ["png", "without IEND and half a checksum", without(IEND_BYTES + 2)],
  ["png", "without IEND and its last checksums", without(IEND_BYTES + 8)],
  ["png", "without IEND and half of the checksum before", without(IEND_BYTES + 6)],
  ["png", "with more bytes behind its end", followedBy(garbage)],
  [
    "png",
    "with a wrong checksum of its pixels",
    changed((file) => file.fill(7, file.length - 15, file.length - 12)),
  ],
  ["png", "with a wrong checksum of a text", inserted(PNG_HEAD_BYTES, chunk("tEXt", "a\0b"))],
  [
    "png",
    "with a colour profile that is none",
    inserted(PNG_HEAD_BYTES, chunk("iCCP", "x\0\0none")),
  ],
  ["interlaced png", "without IEND", without(IEND_BYTES)],
  ["interlaced png", "without IEND and its last checksums", without(IEND_BYTES + 8)],
  ["gif", "without its trailer", without(1)],
  ["gif", "without the end of its frame", without(2)],
  ["gif", "without its last 4 bytes", without(4)],
  ["gif", "with more bytes behind its end", followedBy(garbage)],
  ["animation", "without its trailer", without(1)],
  ["webp", "without its last byte", without(1)],
  ["webp", "without its last 8 bytes", without(8)],
  ["webp", "with more bytes behind its end", followedBy(garbage)],
  ["webp", "that is longer by its head", sizeInHead(1_000)],
  ["webp", "with an odd size in its head", sizeInHead(1)],
  ["webp", "that is shorter by its head", sizeInHead(-2)],
  ["lossless webp", "without its last byte", without(1)],
  ["animated webp", "without its last byte", without(1)],
  ["avif", "with more bytes behind its end", followedBy(garbage)],
];

const CUT_OFF: readonly (readonly [keyof typeof PICTURES, string, Damage])[] = [
  ...(Object.keys(PICTURES) as (keyof typeof PICTURES)[]).flatMap((name) => [
    [name, "cut in half", part(0.5)] as const,
    [name, "cut off after nine tenths", part(0.9)] as const,
  ]),
  [
    "jpeg",
    "cut in half, with zeroes for the rest",
    both(part(0.5), followedBy(Buffer.alloc(90_000))),
  ],
  [
    "progressive jpeg",
    "cut in half, with zeroes",
    both(part(0.5), followedBy(Buffer.alloc(90_000))),
  ],
  ["avif", "without its last 8 bytes", without(8)],
];

describe("a damaged picture", () => {
  let directory: string;
  let renderer: ProcessRenderer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "damaged-"));
    renderer = createRenderer({ timeoutMs: 30_000 });
  });
  afterAll(async () => {
    renderer.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function render(file: Buffer) {
    const path = join(directory, "picture");
    await writeFile(path, file);
    return await renderer.render(path, { size: undefined });
  }

  test.each(WHOLE)("that is whole for a person is rendered: a %s %s", async (name, _, damage) => {
    const file = await PICTURES[name]();
    expect(damage(file).equals(file)).toBe(false);
    expect(await render(damage(file))).toMatchObject({
      kind: "rendered",
      width: WIDTH,
      height: HEIGHT,
    });
  });

  test.each(CUT_OFF)("that is not whole is unreadable: a %s %s", async (name, _, damage) => {
    const failed = { kind: "failed", failure: "unreadable" };
    expect(await render(damage(await PICTURES[name]()))).toEqual(failed);
  });

  test("without its end looks as it did", async () => {
    const file = await PICTURES.jpeg();
    const results = [await render(file), await render(without(2)(file))];
    const [whole, mended] = results.map((result) =>
      result.kind === "rendered" ? Buffer.from(result.variants[0]?.bytes ?? []) : undefined,
    );
    expect(whole?.length).toBeGreaterThan(0);
    expect(mended?.equals(whole ?? Buffer.alloc(0))).toBe(true);
  });

  test("that is half a JPEG stays unreadable with an end marker behind its half", async () => {
    // A control: the marker alone satisfies the decoder, which would paint the rest grey.
    const half = part(0.5)(await PICTURES.jpeg());
    await expect(
      sharp(Buffer.concat([half, END_OF_JPEG]), { failOn: "truncated" })
        .raw()
        .toBuffer(),
    ).resolves.toBeDefined();
    expect(await render(half)).toEqual({ kind: "failed", failure: "unreadable" });
  });
});
