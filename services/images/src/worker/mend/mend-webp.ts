const RIFF_HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
const CHUNKS = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP", "EXIF", "XMP "]);
/** How many bytes the last chunk may lack: a few blocks of pixels. */
const LOST_BYTES_MAX = 16;

/**
 * Ends a WebP properly: corrects the sizes in its head and in the chunk in which the file ends. The
 * decoder refuses a picture whose pixels are not all there.
 */
export function mendWebp(file: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = RIFF_HEAD_BYTES;
  while (at + CHUNK_HEAD_BYTES <= file.length) {
    const head = Buffer.from(file.subarray(at, at + CHUNK_HEAD_BYTES));
    if (!CHUNKS.has(head.toString("latin1", 0, 4))) break;
    const size = head.readUInt32LE(4);
    at += CHUNK_HEAD_BYTES;
    const data = file.subarray(at, at + size);
    const lost = Math.min(size - data.length, LOST_BYTES_MAX);
    head.writeUInt32LE(data.length + lost, 4);
    parts.push(head, data, Buffer.alloc(lost + ((data.length + lost) % 2)));
    at += size + (size % 2);
  }
  const riff = Buffer.from(file.subarray(0, RIFF_HEAD_BYTES));
  const body = Buffer.concat(parts);
  riff.writeUInt32LE(4 + body.length, 4);
  return [Buffer.concat([riff, body])];
}
