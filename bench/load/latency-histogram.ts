/** Buckets for each doubling: a recorded value is off by 1/128 at most. */
const BUCKETS_PER_DOUBLING = 128;
const BUCKET_BITS = Math.log2(BUCKETS_PER_DOUBLING);
/** 35 minutes. A larger value is counted as this one. */
const VALUE_MICROS_MAX = 2 ** 31 - 1;
const BUCKETS = indexOf(VALUE_MICROS_MAX) + 1;

/**
 * A log-linear histogram of times in microseconds, as HdrHistogram has it: linear within each
 * doubling. Recording is a few integer operations and allocates nothing.
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  /** Rebuilds a histogram from `counts()`. */
  static from(counts: readonly number[]): LatencyHistogram {
    const histogram = new LatencyHistogram();
    histogram.#counts.set(counts);
    for (const count of counts) histogram.#total += count;
    return histogram;
  }

  get total(): number {
    return this.#total;
  }

  record(micros: number): void {
    const index = indexOf(Math.min(Math.max(0, Math.round(micros)), VALUE_MICROS_MAX));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  /** Returns the time that this share of all values does not exceed, or NaN if there are none. */
  percentile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (let index = 0; index < BUCKETS; index++) {
      seen += this.#counts[index] ?? 0;
      if (seen >= rank) return upperBound(index);
    }
    return VALUE_MICROS_MAX;
  }

  /** Returns the count of each bucket, without the empty ones at the end. */
  counts(): number[] {
    return Array.from(this.#counts.subarray(0, this.#counts.findLastIndex((n) => n > 0) + 1));
  }
}

function indexOf(micros: number): number {
  const shift = Math.max(0, 31 - Math.clz32(micros) - BUCKET_BITS);
  return shift * BUCKETS_PER_DOUBLING + (micros >>> shift);
}

function upperBound(index: number): number {
  const shift = Math.max(0, Math.floor(index / BUCKETS_PER_DOUBLING) - 1);
  const step = index - shift * BUCKETS_PER_DOUBLING;
  return (step + 1) * 2 ** shift - 1;
}
