import type { WheelEntry } from "@triptych/chassis/rpc/time-wheel";
import { ClientPace } from "./client-pace.ts";

const LIMITS = { silenceMs: 30_000, rateMin: 4_000, rateWindowMs: 60_000, lifetimeMs: 3_600_000 };
const SECOND_MS = 1_000;

/** A client that sends at a rate that the test sets, on a clock that the test moves. */
class SlowClient {
  bytesRead = 0;
  nowMs = 0;
  #entry: WheelEntry | undefined;
  readonly pace = new ClientPace(this, LIMITS, {
    now: () => this.nowMs,
    wheel: {
      add: (entry) => {
        this.#entry = entry;
      },
      remove: () => {
        this.#entry = undefined;
      },
    },
  });

  /** Lets time pass, second by second. */
  async send(seconds: number, bytesPerSecond: number): Promise<void> {
    for (let count = 0; count < seconds; count++) {
      this.nowMs += SECOND_MS;
      this.bytesRead += bytesPerSecond;
      const entry = this.#entry;
      this.#entry = undefined;
      entry?.onDue();
    }
    await Promise.resolve();
  }
}

describe("the pace of a client", () => {
  const nothing = () => new Promise<never>(() => {});

  async function outcome(seconds: number, bytesPerSecond: number): Promise<string> {
    const client = new SlowClient();
    const waiting = client.pace.wait(nothing()).catch((problem) => problem.code);
    await client.send(seconds, bytesPerSecond);
    return await Promise.race([waiting, new Promise((resolve) => setImmediate(resolve, "waits"))]);
  }

  test.each([
    ["20 kB a second for an hour", 3_600, 20_000, "waits"],
    ["4,000 bytes a second for an hour", 3_600, 4_000, "waits"],
    ["less, for less than a minute", 59, 100, "waits"],
    ["less, for more than a minute", 61, 3_900, "REQUEST_TIMEOUT"],
    ["nothing for 29 s", 29, 0, "waits"],
    ["nothing for 30 s", 30, 0, "REQUEST_TIMEOUT"],
  ])("of %s", async (_what, seconds, rate, expected) => {
    expect(await outcome(seconds, rate)).toBe(expected);
  });

  test("does not count the time in which nobody waits for it", async () => {
    const client = new SlowClient();
    await client.pace.wait(Promise.resolve());
    await client.send(600, 0);
    expect(await client.pace.wait(Promise.resolve("chunk"))).toBe("chunk");
  });

  test("ends the source of what it iterates over", async () => {
    let hasEnded = false;
    async function* source() {
      try {
        yield 1;
        yield 2;
      } finally {
        hasEnded = true;
      }
    }
    for await (const value of new SlowClient().pace.each(source())) {
      expect(value).toBe(1);
      break;
    }
    expect(hasEnded).toBe(true);
  });
});
