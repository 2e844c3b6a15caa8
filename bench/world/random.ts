/** A source of pseudo-random numbers, the same for the same seed. */
export interface Random {
  /** Returns a number from 0 up to, and without, 1. */
  next(): number;
  /** Returns a whole number from 0 up to, and without, the limit. */
  below(limit: number): number;
  /** Returns hexadecimal digits. */
  hex(digits: number): string;
}

/** Creates a source: mulberry32 (Tommy Ettinger). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  function next32(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const next = () => next32() / 2 ** 32;
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    hex(digits) {
      let text = "";
      while (text.length < digits) text += next32().toString(16).padStart(8, "0");
      return text.slice(0, digits);
    },
  };
}

/**
 * Distributes a total over ranks by Zipf's law with exponent 1: rank n gets a share of 1 / n. The
 * sum is the total, but for rounding.
 */
export function zipfCounts(ranks: number, total: number): number[] {
  let harmonic = 0;
  for (let rank = 1; rank <= ranks; rank++) harmonic += 1 / rank;
  return Array.from({ length: ranks }, (_, index) => Math.round(total / harmonic / (index + 1)));
}
