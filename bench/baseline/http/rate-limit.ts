import { Problem } from "./problem.ts";

const WINDOW_MS = 60_000;
/** A table of a minute's clients: 100,000 take some 10 MB. */
const KEYS_MAX = 100_000;

/**
 * A fixed-window counter. Returns the function that counts a request of a key, and throws
 * RATE_LIMITED beyond the limit.
 */
export function createRateLimit(perMinute: number): (key: string) => void {
  let windowEndMs = 0;
  const counts = new Map<string, { count: number }>();
  return function count(key) {
    const now = Date.now();
    if (now >= windowEndMs || counts.size > KEYS_MAX) {
      counts.clear();
      windowEndMs = now + WINDOW_MS;
    }
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { count: 1 });
    else if (++entry.count > perMinute) throw new Problem("RATE_LIMITED");
  };
}
