import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";

/** A byte of a picture's pixels: a pattern that compresses badly. */
function pixels(width: number, height: number, channels: number): Buffer {
  const bytes = Buffer.alloc(width * height * channels);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + (at >> 8) * 17) & 0xff;
  return bytes;
}

/** A picture as a pipeline of sharp. */
export function picture(width: number, height: number): Sharp {
  return sharp(pixels(width, height, 3), { raw: { width, height, channels: 3 } });
}

/**
 * A photograph as a phone takes it: on its side, with orientation, place and camera in its EXIF.
 */
export async function phonePhotograph(width: number, height: number): Promise<Buffer> {
  return await picture(width, height)
    .withExif({
      IFD0: { Make: "PhoneMaker", Model: "Phone 12" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 12/1" },
    })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A picture of 100 × 80 in each accepted type. */
export const SMALL_PICTURES = {
  "image/jpeg": () => picture(100, 80).jpeg().toBuffer(),
  "image/png": () => picture(100, 80).png().toBuffer(),
  "image/webp": () => picture(100, 80).webp().toBuffer(),
  "image/avif": () => picture(100, 80).avif({ effort: 0 }).toBuffer(),
  "image/gif": () => animation(100, 80),
} as const;

/** A GIF of two frames. */
export async function animation(width: number, height: number): Promise<Buffer> {
  const frames = [pixels(width, height, 3), Buffer.alloc(width * height * 3, 200)];
  return await sharp(Buffer.concat(frames), {
    raw: { width, height: height * 2, channels: 3, pageHeight: height },
  })
    .gif()
    .toBuffer();
}

/** A PNG whose header promises 60,000 × 60,000 pixels, in some 200 kB. */
export function hugePng(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const data = Buffer.alloc(200_000, 7);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk("IHDR", header),
    pngChunk("IDAT", Buffer.concat([deflateSync(Buffer.alloc(1_000)), data])),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A PNG of this size, as far as its header goes: nothing can decode it. */
export function pngHead(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk("IHDR", header),
    pngChunk("IDAT", Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
