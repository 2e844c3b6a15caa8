/** What EXIF begins with in a JPEG; in a PNG and a WebP it may be left out. */
const EXIF_PREFIX = Buffer.from("Exif\0\0", "latin1");
const TIFF_HEAD_BYTES = 8;
const ENTRY_BYTES = 12;
const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** Returns whether bytes begin as EXIF does in a JPEG. */
export function beginsAsExif(bytes: Buffer): boolean {
  return bytes.subarray(0, EXIF_PREFIX.length).equals(EXIF_PREFIX);
}

/**
 * Returns whether EXIF says that the picture lies on its side, so that width and height change
 * places when it is shown upright: orientations 5 to 8. False if it says nothing that can be read.
 *
 * Source: TIFF 6.0, section 2, and Exif 2.32, 4.6.4.
 */
export function liesOnItsSide(exif: Buffer): boolean {
  const tiff = beginsAsExif(exif) ? exif.subarray(EXIF_PREFIX.length) : exif;
  if (tiff.length < TIFF_HEAD_BYTES) return false;
  const order = tiff.toString("latin1", 0, 2);
  if (order !== "II" && order !== "MM") return false;
  const readUInt16 = (at: number) =>
    order === "II" ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const directory = order === "II" ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return false;
  const end = directory + 2 + readUInt16(directory) * ENTRY_BYTES;
  for (let at = directory + 2; at < end && at + ENTRY_BYTES <= tiff.length; at += ENTRY_BYTES) {
    if (readUInt16(at) !== ORIENTATION_TAG) continue;
    const orientation = readUInt16(at + 8);
    return readUInt16(at + 2) === SHORT && orientation >= 5 && orientation <= 8;
  }
  return false;
}
