import { setTimeout as delay } from "node:timers/promises";

const WAIT_MS_MAX = 30_000;
const POLL_MS = 50;

/** Repeats a read until the value is as wanted, or for 30 seconds. Returns the last value. */
export async function eventually<Value>(
  read: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
): Promise<Value> {
  const deadline = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const value = await read();
    if (isWanted(value) || performance.now() > deadline) return value;
    await delay(POLL_MS);
  }
}
