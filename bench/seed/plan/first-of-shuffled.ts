/**
 * Returns the first of the shuffled numbers below a limit (Fisher and Yates). It holds only the
 * numbers that have moved, so that it costs what `count` says, and not the limit.
 */
export function firstOfShuffled(
  limit: number,
  count: number,
  below: (limit: number) => number,
): readonly number[] {
  const moved = new Map<number, number>();
  return Array.from({ length: count }, (_, index) => {
    const other = index + below(limit - index);
    const first = moved.get(other) ?? other;
    moved.set(other, moved.get(index) ?? index);
    return first;
  });
}
