import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import { blobPath } from "./blobs.ts";
import type { StoredVariant } from "./rows.ts";

/** The longer side of each variant that shows the whole picture. */
const SIDES = { large: 2048, medium: 1024, small: 512 } as const;
const THUMB_SIDE = 256;
const THUMBHASH_SIDE = 100;
const QUALITY = 80;
const INSIDE = { fit: "inside", withoutEnlargement: true } as const;

/** The renditions of a picture. */
export interface Rendered {
  readonly variants: readonly StoredVariant[];
  /** A thumbhash, in base64. */
  readonly placeholder: string;
}

/** Decodes the file once, to the size of its large variant, and makes the others from that. */
export async function renderPicture(path: string, blobs: string): Promise<Rendered> {
  const { data, info } = await sharp(path)
    .autoOrient()
    .toColourspace("srgb")
    .resize(SIDES.large, SIDES.large, INSIDE)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels } as const;
  const large = () => sharp(data, { raw });
  const variants: StoredVariant[] = [];
  for (const [name, side] of Object.entries(SIDES)) {
    variants.push(await store(name, large().resize(side, side, INSIDE), blobs));
  }
  const thumbSide = Math.min(THUMB_SIDE, info.width, info.height);
  const thumb = large().resize(thumbSide, thumbSide, { fit: "cover" });
  variants.push(await store("thumb", thumb, blobs));
  const tiny = await large()
    .resize(THUMBHASH_SIDE, THUMBHASH_SIDE, INSIDE)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const hash = rgbaToThumbHash(tiny.info.width, tiny.info.height, tiny.data);
  return { variants, placeholder: Buffer.from(hash).toString("base64") };
}

async function store(
  name: string,
  pipeline: ReturnType<typeof sharp>,
  blobs: string,
): Promise<StoredVariant> {
  const { data, info } = await pipeline
    .webp({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true });
  const hash = createHash("sha256").update(data).digest("hex");
  const path = blobPath(blobs, hash);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, data);
  return { name, width: info.width, height: info.height, contentType: "image/webp", hash };
}
