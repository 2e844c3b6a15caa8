/** The middle of several values, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns median, least and largest. All are NaN without a value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** A value that was measured in a round. */
export interface RoundValue {
  readonly round: number;
  readonly value: number;
}

/**
 * Returns the spread of the ratios within a round. The machine is faster in one minute than in the
 * next; two values of one round were measured close together. A round without both counts for
 * nothing.
 */
export function ratioOf(values: readonly RoundValue[], base: readonly RoundValue[]): Spread {
  const ratios = values.flatMap(({ round, value }) => {
    const other = base.find((candidate) => candidate.round === round)?.value;
    return other === undefined || other === 0 ? [] : [value / other];
  });
  return spreadOf(ratios);
}
