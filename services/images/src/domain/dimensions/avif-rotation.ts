import { type Box, boxesIn, findBox } from "./boxes.ts";

/** The version and flags before the content of a "full" box. */
const FULL_BOX_BYTES = 4;

/**
 * Returns whether the picture of an AVIF is shown turned by a quarter: its primary item has the
 * property `irot` with an odd angle. Takes the content of the box `meta`. "unknown" if it is
 * damaged, or cut to a part of the picture (`clap`).
 *
 * Source: ISO/IEC 23008-12, 6.5.10 (`irot`), 9.3 (`ipma`); ISO/IEC 14496-12, 8.11.4 (`pitm`).
 */
export function readAvifRotation(meta: Buffer): boolean | "unknown" {
  try {
    return isTurned(meta);
  } catch (error) {
    // A number that lies behind the end of its box.
    if (error instanceof RangeError) return "unknown";
    throw error;
  }
}

function isTurned(meta: Buffer): boolean | "unknown" {
  const inside = { start: FULL_BOX_BYTES, end: meta.length };
  const primary = findBox(meta, inside, "pitm");
  const properties = findBox(meta, inside, "iprp");
  const container = properties && findBox(meta, properties, "ipco");
  const associations = properties && findBox(meta, properties, "ipma");
  if (!primary || !container || !associations) return "unknown";
  const at = primary.start + FULL_BOX_BYTES;
  const item = meta[primary.start] === 0 ? meta.readUInt16BE(at) : meta.readUInt32BE(at);
  const all = [...boxesIn(meta, container)];
  let turned = false;
  for (const index of propertiesOf(item, meta, associations)) {
    const property = all[index - 1];
    if (property?.type === "clap") return "unknown";
    if (property?.type === "irot") turned = meta.readUInt8(property.start) % 2 === 1;
  }
  return turned;
}

/** Yields the places, counted from 1, of an item's properties among all. */
function* propertiesOf(item: number, meta: Buffer, ipma: Box): Generator<number> {
  const hasLongItems = meta.readUInt8(ipma.start) >= 1;
  const hasLongIndexes = meta.readUInt8(ipma.start + 3) % 2 === 1;
  let at = ipma.start + FULL_BOX_BYTES;
  let entries = meta.readUInt32BE(at);
  at += 4;
  for (; entries > 0; entries--) {
    const found = hasLongItems ? meta.readUInt32BE(at) : meta.readUInt16BE(at);
    at += hasLongItems ? 4 : 2;
    let count = meta.readUInt8(at++);
    for (; count > 0; count--) {
      // The first bit says whether the property is essential.
      const index = hasLongIndexes ? meta.readUInt16BE(at) & 0x7fff : meta.readUInt8(at) & 0x7f;
      at += hasLongIndexes ? 2 : 1;
      if (found === item) yield index;
    }
  }
}
