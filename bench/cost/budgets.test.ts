import { compareCounts } from "./budgets.ts";
import type { CountsByKind } from "./measure-counts.ts";

const SERVICE = "images.v1.ImageService";
const BUDGET = {
  image: {
    serial: { "call GetImage": 1, "line gateway": 1 },
    together: { "call BatchGetImages": 1, "line gateway": 12 },
  },
} satisfies CountsByKind;

function findings(counts: CountsByKind, verdict: "over" | "under") {
  const all = compareCounts(counts, BUDGET);
  return all.filter((one) => one.verdict === verdict).map(({ text }) => text);
}

function withSerial(serial: Readonly<Record<string, number>>): CountsByKind {
  return { image: { ...BUDGET.image, serial } };
}

function withTogether(together: Readonly<Record<string, number>>): CountsByKind {
  return { image: { ...BUDGET.image, together } };
}

describe("a budget of counts", () => {
  test("holds what costs as much as it allows", () => {
    expect(compareCounts(BUDGET, BUDGET)).toEqual([]);
  });

  test("is over if one call more is made", () => {
    const counts = withSerial({ "call GetImage": 2, "line gateway": 1 });
    const text = "image, serial: call GetImage: 2, and the budget is 1";
    expect(findings(counts, "over")).toEqual([text]);
  });

  test("is over if half of the requests write what has no budget", () => {
    for (const name of [`call ${SERVICE}/LikeImage`, "statement images: write_likes"]) {
      const counts = withSerial({ ...BUDGET.image.serial, [name]: 0.5 });
      expect(findings(counts, "over")).toHaveLength(1);
    }
    const lines = withSerial({ ...BUDGET.image.serial, "line gateway": 1.5 });
    expect(findings(lines, "over")).toHaveLength(1);
  });

  test.each([
    `call ${SERVICE}/BatchGetImages`,
    `call ${SERVICE}/ListImages`,
    "statement images: select_shared_images",
    "line images",
  ])("bears half of %s, which a slow machine repeats, and not a whole one", (name) => {
    const half = withSerial({ ...BUDGET.image.serial, [name]: 0.5 });
    expect(findings(half, "over")).toEqual([]);
    const whole = withSerial({ ...BUDGET.image.serial, [name]: 1 });
    expect(findings(whole, "over")).toHaveLength(1);
  });

  test("bears a batch that is split, and not one that is lost", () => {
    const split = withTogether({ "call BatchGetImages": 2, "line gateway": 12 });
    expect(findings(split, "over")).toEqual([]);
    const lost = withTogether({ "call BatchGetImages": 12, "line gateway": 12 });
    expect(findings(lost, "over")).toHaveLength(1);
  });

  test("bears that requests sent together ask once for a cached answer, and not all of them", () => {
    const once = withTogether({ ...BUDGET.image.together, "call GetUser": 1 });
    expect(findings(once, "over")).toEqual([]);
    const all = withTogether({ ...BUDGET.image.together, "call GetUser": 12 });
    expect(findings(all, "over")).toHaveLength(1);
  });

  test("is under, and not over, if fewer calls are made", () => {
    const counts = withSerial({ "call GetImage": 0.5, "line gateway": 1 });
    expect(findings(counts, "over")).toEqual([]);
    expect(findings(counts, "under")).toHaveLength(1);
  });

  test("is over if nothing of a sort is counted any more", () => {
    const text = "image, serial: no call was counted at all";
    expect(findings(withSerial({ "line gateway": 1 }), "over")).toEqual([text]);
  });

  test("is over for a kind that was not measured, and for one without a budget", () => {
    expect(findings({}, "over")).toHaveLength(1);
    expect(findings({ ...BUDGET, list: BUDGET.image }, "over")).toHaveLength(1);
  });
});
