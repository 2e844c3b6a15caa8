import { Ledger } from "./ledger.ts";

const ONCE = { attempts: 1 };
const found = (...values: readonly string[]) => new Map([["image a", values]]);

describe("Ledger", () => {
  test("reports an acknowledged value that is not there", () => {
    const ledger = new Ledger();
    ledger.write("image a", "first").acknowledge(ONCE);
    expect(ledger.findViolations(found("first"))).toEqual([]);
    expect(ledger.findViolations(found())).toEqual(['image a is not there, and should be "first"']);
  });

  test("reports a value that is there twice, acknowledged or not", () => {
    const ledger = new Ledger();
    ledger.write("image a", "first");
    expect(ledger.findViolations(found("first", "first"))).toEqual(["image a is there 2 times"]);
  });

  test("allows the values before and after a write in doubt, and no other", () => {
    const ledger = new Ledger();
    ledger.write("image a", "first").acknowledge(ONCE);
    ledger.write("image a", "second");
    expect(ledger.isSettled("image a")).toBe(false);
    for (const value of ["first", "second"])
      expect(ledger.findViolations(found(value))).toEqual([]);
    expect(ledger.findViolations(found("third"))).toEqual([
      'image a is "third", and should be "first" or "second"',
    ]);
  });

  test("reports a deleted value that is there again", () => {
    const ledger = new Ledger();
    ledger.write("image a", "first").acknowledge(ONCE);
    ledger.write("image a", null).acknowledge(ONCE);
    expect(ledger.findViolations(found("first"))).toEqual([
      'image a is "first", and should be not there',
    ]);
  });

  test("counts a write that was sent twice as acknowledged, and as not settled", () => {
    const ledger = new Ledger();
    ledger.write("image a", "first").acknowledge({ attempts: 2 });
    expect(ledger.isSettled("image a")).toBe(false);
    expect(ledger.findViolations(found())).toHaveLength(1);
  });
});
