import { HoldTime } from "./hold-time.ts";

describe("the mean time of a hold", () => {
  let nowMs = 0;
  let holds: HoldTime;
  beforeEach(() => {
    nowMs = 0;
    holds = new HoldTime(() => nowMs);
  });
  function hold(ms: number): void {
    const connection = {};
    holds.begin(connection);
    nowMs += ms;
    holds.end(connection);
  }

  test("is 0 before the first hold has ended", () => {
    holds.begin({});
    nowMs = 100;
    expect(holds.meanMs).toBe(0);
  });

  test("follows what holds take lately", () => {
    for (let n = 0; n < 100; n++) hold(120);
    expect(holds.meanMs).toBeCloseTo(120, 0);
    for (let n = 0; n < 100; n++) hold(2);
    expect(holds.meanMs).toBeCloseTo(2, 0);
  });

  test("is moved little by one long hold", () => {
    for (let n = 0; n < 100; n++) hold(2);
    hold(160);
    expect(holds.meanMs).toBeLessThan(15);
  });

  test("does not count a connection that was never lent", () => {
    holds.end({});
    expect(holds.meanMs).toBe(0);
  });
});
