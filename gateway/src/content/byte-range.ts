import type { ByteRange } from "@triptych/protos/images/v1/image_service_pb";

const RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
/** The contract counts bytes in 32 bits; no content is longer. */
const POSITION_MAX = 2 ** 32 - 1;

/**
 * Parses a `Range` header into the contract's range. Returns undefined for several ranges, other
 * units and malformed ones: a server may ignore them and send the whole (RFC 9110, 14.2).
 */
export function parseByteRange(
  header: string | undefined,
): Pick<ByteRange, "first" | "last"> | undefined {
  const match = RANGE.exec(header ?? "");
  if (match === null) return undefined;
  const first = toPosition(match[1]);
  const last = toPosition(match[2]);
  if (first === undefined && last === undefined) return undefined;
  if (first !== undefined && last !== undefined && last < first) return undefined;
  return { first, last };
}

function toPosition(digits: string | undefined): number | undefined {
  if (digits === undefined || digits === "") return undefined;
  return Math.min(Number(digits), POSITION_MAX);
}
