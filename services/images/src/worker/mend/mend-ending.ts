import { detectImageType } from "#domain/image-type.ts";
import { mendGif } from "./mend-gif.ts";
import { mendJpeg } from "./mend-jpeg.ts";
import { mendPng } from "./mend-png.ts";
import { mendWebp } from "./mend-webp.ts";

/**
 * Returns copies of a file that end as its format wants it, the best one first, for a picture that
 * is whole but for its last bytes: every viewer shows it, and a decoder that checks refuses it.
 * None if there is nothing to mend. The decoder finds out whether the rest is whole.
 */
export async function mendEnding(file: Buffer): Promise<Buffer[]> {
  const type = detectImageType(file, true);
  return type === "more" || type === "unknown" ? [] : await MENDERS[type](file);
}

const MENDERS = {
  "image/jpeg": mendJpeg,
  "image/png": mendPng,
  "image/webp": mendWebp,
  "image/gif": mendGif,
  // The last bytes of its one stream of pixels decide on all of them. Viewers refuse it too.
  "image/avif": () => [],
} as const satisfies Record<string, (file: Buffer) => Buffer[] | Promise<Buffer[]>>;
