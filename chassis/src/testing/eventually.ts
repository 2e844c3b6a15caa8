import { setTimeout as delay } from "node:timers/promises";

/** How a condition is polled. */
interface EventuallyOptions {
  /** 45 s if not given: longer than anything takes, even on a slow machine that does other work. */
  readonly timeoutMs?: number;
  /** The pause between two attempts, 25 ms if not given. */
  readonly intervalMs?: number;
}

const INTERVAL_MS_DEFAULT = 25;
const TIMEOUT_MS_DEFAULT = 45_000;

/**
 * Polls until `probe` returns something other than undefined or false, and returns that. Throws
 * what `probe` throws, and an error that quotes it after the timeout.
 */
export async function eventually<Value>(
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  { timeoutMs = TIMEOUT_MS_DEFAULT, intervalMs = INTERVAL_MS_DEFAULT }: EventuallyOptions = {},
): Promise<Value> {
  const startMs = performance.now();
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() - startMs > timeoutMs) {
      throw new Error(`still not so after ${timeoutMs} ms: ${probe}`);
    }
    await delay(intervalMs);
  }
}
