import { countGifPixels } from "./gif-pixels.ts";

const SCREEN_END = 13;
const EXTENSION = 0x21;
const FRAME = 0x2c;
/** The descriptor of a frame, with its first byte. */
const FRAME_HEAD_BYTES = 10;
/** The empty block that ends a frame, and the trailer. */
const END = Buffer.from([0, 0x3b]);
const TRAILER = END.subarray(1);

/**
 * Ends a GIF properly: closes the frame in which the file ends, and appends the trailer. Returns
 * nothing if that frame lacks more than a row, which the decoder would leave blank.
 */
export function mendGif(file: Buffer): Buffer[] {
  let at = SCREEN_END + tableBytes(file[10]);
  while (file[at] === EXTENSION || file[at] === FRAME) {
    const start = at;
    const isFrame = file[at] === FRAME;
    const blocks = readBlocks(file, start + (isFrame ? frameHeadBytes(file, start) : 2));
    if (blocks.isEnded) {
      at = blocks.end;
      continue;
    }
    if (!isFrame) return [Buffer.concat([file.subarray(0, start), TRAILER])];
    return isFramePainted(file, start, blocks) ? [closed(file, blocks)] : [];
  }
  return [Buffer.concat([file.subarray(0, at), TRAILER])];
}

interface Blocks {
  readonly data: readonly Buffer[];
  /** Where the last block begins. */
  readonly last: number;
  readonly end: number;
  readonly isEnded: boolean;
}

/** Reads blocks, each behind its length, up to an empty one or the end of the file. */
function readBlocks(file: Buffer, start: number): Blocks {
  const data: Buffer[] = [];
  let at = start;
  let last = start;
  while (at < file.length) {
    last = at;
    const length = file[at] ?? 0;
    if (length === 0) return { data, last, end: at + 1, isEnded: true };
    data.push(file.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { data, last, end: at, isEnded: false };
}

/** The size of a frame's descriptor, colour table and code size. */
function frameHeadBytes(file: Buffer, start: number): number {
  return FRAME_HEAD_BYTES + tableBytes(file[start + 9]) + 1;
}

/** The size of the colour table that the flags announce. */
function tableBytes(flags = 0): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function isFramePainted(file: Buffer, start: number, { data }: Blocks): boolean {
  const head = frameHeadBytes(file, start);
  if (data.length === 0) return false;
  const width = file.readUInt16LE(start + 5);
  const height = file.readUInt16LE(start + 7);
  const rootBits = file[start + head - 1] ?? 0;
  return countGifPixels(data, rootBits) >= width * (height - 1);
}

/** Shortens the last block to what there is of it. */
function closed(file: Buffer, { data, last }: Blocks): Buffer {
  const rest = data.at(-1) ?? Buffer.alloc(0);
  const head = file.subarray(0, last);
  if (rest.length === 0) return Buffer.concat([head, END]);
  return Buffer.concat([head, Buffer.from([rest.length]), rest, END]);
}
