import { randomFillSync } from "node:crypto";

const POOL_BYTES = 4_096;
const RANDOM_BYTES = 10;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Returns a new UUIDv7: later ids sort later, to the millisecond. */
export function newId(): string {
  if (used + RANDOM_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString("hex", used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  const time = Date.now().toString(16).padStart(12, "0");
  const parts = [time.slice(0, 8), time.slice(8), `7${random.slice(0, 3)}`];
  return `${parts.join("-")}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}
