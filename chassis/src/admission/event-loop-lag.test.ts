import { setTimeout as delay } from "node:timers/promises";
import { EventLoopLag } from "./event-loop-lag.ts";

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe("the lag of the event loop", () => {
  test("is measured while there is work, and 0 when there is none", async () => {
    const lag = new EventLoopLag();
    let isIdle = false;
    expect(lag.milliseconds).toBe(0);
    lag.watch(() => isIdle);
    // A busy machine may pause the test where it should block: that sample is in time.
    while (lag.milliseconds <= 100) {
      block(150);
      await delay(1);
    }
    isIdle = true;
    while (lag.milliseconds > 0) await delay(10);
    expect(lag.milliseconds).toBe(0);
  });

  test("does not count one pause, however long", async () => {
    const lag = new EventLoopLag();
    lag.watch(() => false);
    block(600);
    for (let count = 0; count < 5; count++) {
      await delay(25);
      expect(lag.milliseconds).toBeLessThan(400);
    }
  });
});
