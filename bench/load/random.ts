/** A source of numbers from 0 to 1, without 1. */
export type Random = () => number;

/** Returns a generator of pseudo-random numbers, the same for each seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a function that picks an index below `count`, each as often as the others. */
export function uniform(count: number, random: Random): () => number {
  return () => Math.floor(random() * count);
}

/**
 * Returns a function that picks an index below `count` by Zipf's law: the second is picked half as
 * often as the first, the third a third as often. Real visits to pictures are like this.
 */
export function zipf(count: number, random: Random): () => number {
  return weighted(
    Array.from({ length: count }, (_, index) => 1 / (index + 1)),
    random,
  );
}

/** Returns a function that picks an index, as often as its weight says. */
export function weighted(weights: readonly number[], random: Random): () => number {
  let total = 0;
  const sums = Float64Array.from(weights, (weight) => {
    total += weight;
    return total;
  });
  return () => {
    const wanted = random() * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
