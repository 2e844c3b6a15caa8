import { createLogger } from "#telemetry/logger.ts";
import { Breaker } from "./breaker.ts";
import { CalleeLiveness } from "./callee-liveness.ts";

const { jest } = import.meta;

const TIMEOUT_MS = 1_000;
/** A slow callee answers calls, and health checks too, after 0.9 of the timeout. */
const SLOW_MS = 900;
/** Every five seconds it stands still for a while, and what comes then is too late. */
const PERIOD_MS = 5_000;
const STANDSTILL_MS = 1_200;
const CALLS = 3_000;
const PAUSE_MS = 10;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Makes calls of a slow callee, one each 10 ms, past a breaker that gives its health so much time.
 * Returns how many are answered, and how many would be without a breaker.
 */
async function play(healthMs: number) {
  const liveness = new CalleeLiveness({
    async health() {
      await sleep(SLOW_MS);
      return "serving";
    },
  });
  const breaker = new Breaker("callee", "a.v1.A/Do", {
    timeoutMs: healthMs,
    logger: createLogger({ service: "test", level: "silent" }),
    observe: () => {},
    liveness,
  });
  let [answered, possible] = [0, 0];
  async function call(): Promise<void> {
    const startMs = performance.now();
    const isLate = startMs % PERIOD_MS < STANDSTILL_MS;
    if (!isLate) possible += 1;
    if (breaker.refusal() !== undefined) return;
    const isProbe = breaker.begin();
    await sleep(isLate ? TIMEOUT_MS : SLOW_MS);
    if (!isLate) answered += 1;
    breaker.end(isLate ? "bad" : "good", isProbe, startMs);
  }
  const calls: Promise<void>[] = [];
  for (let count = 0; count < CALLS; count++) {
    calls.push(call());
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
  }
  await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
  await Promise.all(calls);
  breaker.close();
  return { answered, possible };
}

describe("a callee that takes 0.9 of its timeout, and stands still at times", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test("answers all calls that it would answer without a breaker", async () => {
    const { answered, possible } = await play(TIMEOUT_MS);
    expect(possible).toBeGreaterThan(CALLS / 2);
    expect(answered / possible).toBeGreaterThanOrEqual(0.95);
  });

  test("is shut off if its health is given less time than its calls: the control arm", async () => {
    const { answered, possible } = await play(TIMEOUT_MS / 5);
    expect(answered / possible).toBeLessThan(0.5);
  });
});
