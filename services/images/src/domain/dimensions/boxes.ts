const BOX_HEAD_BYTES = 8;

/** A part of a file: the content of a box. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Finds the first box of a type in a range. */
export function findBox(
  bytes: Buffer,
  within: { readonly start: number; readonly end: number },
  type: string,
): Box | undefined {
  for (const box of boxesIn(bytes, within)) {
    if (box.type === type) return box;
  }
  return undefined;
}

/**
 * Yields the boxes of a range (ISO/IEC 14496-12). Each step goes forward by at least a box's head,
 * so it ends. Stops at a box with an impossible size.
 */
export function* boxesIn(
  bytes: Buffer,
  within: { readonly start: number; readonly end: number },
): Generator<Box> {
  let at = within.start;
  while (at + BOX_HEAD_BYTES <= Math.min(within.end, bytes.length)) {
    const size = bytes.readUInt32BE(at);
    if (size < BOX_HEAD_BYTES || at + size > within.end) return;
    const type = bytes.toString("latin1", at + 4, at + BOX_HEAD_BYTES);
    yield { type, start: at + BOX_HEAD_BYTES, end: at + size };
    at += size;
  }
}
