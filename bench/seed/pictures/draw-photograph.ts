import sharp, { type Sharp } from "sharp";
import type { Drawing, Format } from "#seed/plan/plan-pictures.ts";
import { randomFor } from "#seed/plan/random-for.ts";
import type { Subject } from "#seed/plan/subjects.ts";
import { drawCity, drawFruit, drawMeadow } from "./near-scenes.ts";
import type { Canvas } from "./svg.ts";
import { drawMountains, drawSea, drawStars } from "./wide-scenes.ts";

const SCENES = {
  mountains: drawMountains,
  sea: drawSea,
  city: drawCity,
  meadow: drawMeadow,
  fruit: drawFruit,
  stars: drawStars,
} as const satisfies Record<Subject, (canvas: Canvas) => string>;

const ENCODERS = {
  jpeg: (image) => image.jpeg({ quality: 88 }),
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image) => image.webp({ quality: 85, effort: 2 }),
  avif: (image) => image.avif({ quality: 55, effort: 2 }),
  gif: (image) => image.gif({ effort: 1 }),
} as const satisfies Record<Format, (image: Sharp) => Sharp>;

/** The tile of film grain that is laid over a picture again and again. */
const GRAIN_SIDE = 256;
const GRAIN_STRENGTH = 22;
/** EXIF: turn by 90° clockwise to show it. */
const ORIENTATION_TURNED = 6;

/** Draws a photograph, and returns its file. The same for the same drawing, on one machine. */
export async function drawPhotograph(drawing: Drawing): Promise<Buffer> {
  const { subject, width, height, format, isTurned, seed } = drawing;
  const random = randomFor(seed, "scene");
  const scene = SCENES[subject]({ width, height, random });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${scene}</svg>`;
  const picture = sharp(Buffer.from(svg))
    .removeAlpha()
    .composite([{ ...grainFor(drawing), tile: true, blend: "soft-light" }]);
  if (!isTurned) return await ENCODERS[format](picture).toBuffer();
  // A pipeline of sharp turns before it composites: the pixels are made first.
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const { channels } = info;
  const turned = sharp(data, { raw: { width, height, channels } })
    .rotate(270)
    .withMetadata({ orientation: ORIENTATION_TURNED });
  return await ENCODERS[format](turned).toBuffer();
}

function grainFor({ width, height, seed }: Drawing) {
  const random = randomFor(seed, "grain");
  const raw = {
    width: Math.min(width, GRAIN_SIDE), // a tile may not be larger than the picture
    height: Math.min(height, GRAIN_SIDE),
    channels: 3 as const,
  };
  const noise = Buffer.from(random.hex(raw.width * raw.height * 2), "hex");
  const pixels = Buffer.alloc(noise.length * raw.channels);
  for (const [index, value] of noise.entries()) {
    const grey = 128 + Math.round(((value - 128) / 128) * GRAIN_STRENGTH);
    pixels.fill(grey, index * raw.channels, (index + 1) * raw.channels);
  }
  return { input: pixels, raw };
}
