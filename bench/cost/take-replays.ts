/** What one replay did. */
export interface Attempt<Result> {
  readonly result: Result;
  /** Whether it took so long that answers which were cached before it were asked for again. */
  readonly isStale: boolean;
}

const REPLAYS = 3;
/** On a busy machine a request is shed, or its answer is not whole: that is no cost of it. */
const FAILURES_MAX = 5;
/** On a machine that is always so slow, a stale replay is better than none. */
const STALE_MAX = 5;

/**
 * Makes replays until there are three. One that fails or is stale is repeated, a bounded number of
 * times: then it throws the failure, and takes what is stale.
 */
export async function takeReplays<Result>(
  attempt: (round: number) => Promise<Attempt<Result>>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let [failures, stale] = [0, 0];
  for (let round = 0; results.length < REPLAYS; round++) {
    try {
      const { result, isStale } = await attempt(round);
      if (isStale) stale += 1;
      if (!isStale || stale > STALE_MAX) results.push(result);
    } catch (error) {
      if (++failures > FAILURES_MAX) throw error;
    }
  }
  return results;
}
