/**
 * Content negotiation: whether an `Accept` header takes one of these media types (RFC 9110,
 * 12.5.1). The most specific range that matches a type decides, so a client can accept all but
 * WebP.
 */
export function accepts(header: string | undefined, types: readonly string[]): boolean {
  // Most clients send this, or nothing.
  if (header === undefined || header === "*/*" || header.trim() === "") return true;
  const ranges = header.split(",").map(parseRange);
  return types.some((type) => qualityOf(type, ranges) > 0);
}

interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { type, quality: Number.isNaN(quality) ? 1 : quality };
}

function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const candidates = [type, `${type.split("/", 1)[0]}/*`, "*/*"];
  for (const candidate of candidates) {
    const fitting = ranges.filter((range) => range.type === candidate);
    if (fitting.length > 0) return Math.max(...fitting.map(({ quality }) => quality));
  }
  return 0;
}
