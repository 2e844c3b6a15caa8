import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;

/** Waits until the condition holds; throws once `limitMs` is over. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`);
    await delay(POLL_MS);
  }
}
