import type { ContentType } from "./image.ts";

/** How much of a file's head is examined at most: an ftyp box with many brands. */
export const HEAD_BYTES_MAX = 512;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
/** Enough for every signature but the brands of an AVIF. */
const SIGNATURE_BYTES = 16;
const BRAND_BYTES = 4;
const AVIF_BRANDS = new Set(["avif", "avis"]);
/** General brands, which do not name the codec: the compatible brands do. */
const HEIF_BRANDS = new Set(["mif1", "msf1"]);

/**
 * Detects a file's type by its first bytes, never by its name. Returns "unknown" for a type that is
 * not accepted, and "more" if it needs more of the head. The result is never "more" once there are
 * HEAD_BYTES_MAX or the file has `ended`.
 */
export function detectImageType(head: Buffer, ended: boolean): ContentType | "unknown" | "more" {
  const whole = ended || head.length >= HEAD_BYTES_MAX;
  if (head.length < SIGNATURE_BYTES && !whole) return "more";
  if (startsWith(head, PNG)) return "image/png";
  if (startsWith(head, JPEG)) return "image/jpeg";
  const text = (start: number, end: number) => head.toString("latin1", start, end);
  if (text(0, 6) === "GIF87a" || text(0, 6) === "GIF89a") return "image/gif";
  if (text(0, 4) === "RIFF" && text(8, 15) === "WEBPVP8") return "image/webp";
  if (text(4, 8) !== "ftyp") return "unknown";
  const boxBytes = Math.min(head.readUInt32BE(0), HEAD_BYTES_MAX);
  if (head.length < boxBytes && !whole) return "more";
  return isAvif(head.subarray(0, boxBytes)) ? "image/avif" : "unknown";
}

function startsWith(head: Buffer, signature: Buffer): boolean {
  return head.subarray(0, signature.length).equals(signature);
}

/** HEIC uses the same kind of box, and is not accepted. */
function isAvif(box: Buffer): boolean {
  const major = box.toString("latin1", 8, 8 + BRAND_BYTES);
  if (AVIF_BRANDS.has(major)) return true;
  if (!HEIF_BRANDS.has(major)) return false;
  for (let at = 16; at + BRAND_BYTES <= box.length; at += BRAND_BYTES) {
    if (AVIF_BRANDS.has(box.toString("latin1", at, at + BRAND_BYTES))) return true;
  }
  return false;
}
