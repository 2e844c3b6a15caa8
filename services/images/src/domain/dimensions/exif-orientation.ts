/** What EXIF begins with in a JPEG; in a PNG and a WebP it may be left out. */
const EXIF_PREFIX = Buffer.from("Exif\0\0", "latin1");
const TIFF_HEAD_BYTES = 8;
const TIFF_MAGIC = 42;
const ENTRY_BYTES = 12;
const ORIENTATION_TAG = 0x0112;
/** How many bytes an integer of each type has. It should be a short, and decoders take all. */
const INTEGER_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [3, 2],
  [4, 4],
  [6, 1],
  [8, 2],
  [9, 4],
]);

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
  const read = (at: number, bytes: number) =>
    order === "II" ? tiff.readUIntLE(at, bytes) : tiff.readUIntBE(at, bytes);
  const directory = read(4, 4);
  if (read(2, 2) !== TIFF_MAGIC || directory + 2 > tiff.length) return false;
  const end = directory + 2 + read(directory, 2) * ENTRY_BYTES;
  for (let at = directory + 2; at < end && at + ENTRY_BYTES <= tiff.length; at += ENTRY_BYTES) {
    if (read(at, 2) !== ORIENTATION_TAG) continue;
    const bytes = INTEGER_BYTES.get(read(at + 2, 2));
    const count = read(at + 4, 4);
    if (bytes === undefined || count === 0) return false;
    // Of several the first counts. What does not fit into the entry lies elsewhere.
    const place = bytes * count <= 4 ? at + 8 : read(at + 8, 4);
    if (place + bytes * count > tiff.length) return false;
    const orientation = read(place, bytes);
    return orientation >= 5 && orientation <= 8;
  }
  return false;
}
