import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 25;
const TIMEOUT_MS_DEFAULT = 15_000;

/**
 * Asks until the answer is neither undefined nor false, and gives it. Throws after the deadline.
 */
export async function eventually<Value>(
  ask: () => Promise<Value | undefined | false>,
  { timeoutMs = TIMEOUT_MS_DEFAULT }: { readonly timeoutMs?: number } = {},
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  while (true) {
    const value = await ask();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`not so within ${timeoutMs} ms: ${ask}`);
    await delay(POLL_MS);
  }
}
