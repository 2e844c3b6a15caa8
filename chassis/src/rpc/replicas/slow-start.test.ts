import { SLOW_START_MS, SlowStart } from "./slow-start.ts";

const [OLD, NEW] = ["10.0.0.1:8081", "10.0.0.2:8081"];
/** Enough for exact shares. */
const CALLS = 1_000;

describe("slow start", () => {
  let nowMs: number;
  let slowStart: SlowStart;
  beforeEach(() => {
    nowMs = 0;
    slowStart = new SlowStart(() => nowMs);
  });

  /** Makes calls as a picker over round robin does. Returns the share of the second replica. */
  function shareOfNew(replicas = [OLD, NEW]): number {
    let turn = 0;
    let calls = 0;
    const offer = () => replicas[turn++ % replicas.length] ?? "";
    for (let call = 0; call < CALLS; call++) {
      let picked = offer();
      for (let tries = replicas.length; !slowStart.mayPick(picked) && tries > 1; tries--) {
        picked = offer();
      }
      if (picked === NEW) calls += 1;
    }
    return calls / CALLS;
  }

  test("raises the share of a new replica until it is even", () => {
    slowStart.setAddresses([OLD]);
    slowStart.setAddresses([OLD, NEW]);
    const shares = [0, 0.25, 0.5, 0.75].map((part) => {
      nowMs = part * SLOW_START_MS;
      return shareOfNew();
    });
    expect(shares[0]).toBeLessThan(0.15);
    expect(shares).toEqual([...shares].sort());
    nowMs = SLOW_START_MS;
    expect(shareOfNew()).toBeCloseTo(0.5, 1);
  });

  test("treats the replicas that a caller knows from its own start as old", () => {
    slowStart.setAddresses([OLD, NEW]);
    expect(shareOfNew()).toBeCloseTo(0.5, 1);
  });

  test("begins again for an address that has left the name and come back", () => {
    slowStart.setAddresses([OLD, NEW]);
    slowStart.setAddresses([OLD]);
    slowStart.setAddresses([OLD, NEW]);
    expect(shareOfNew()).toBeLessThan(0.15);
  });

  test("begins again for a replica that was not connected while the other was called", () => {
    slowStart.setAddresses([OLD, NEW]);
    shareOfNew();
    nowMs = 2_000;
    shareOfNew([OLD]);
    expect(shareOfNew()).toBeLessThan(0.15);
  });

  test("does not begin again after a pause in which nobody was called", () => {
    slowStart.setAddresses([OLD, NEW]);
    shareOfNew();
    nowMs = 60_000;
    expect(shareOfNew()).toBeCloseTo(0.5, 1);
  });
});
