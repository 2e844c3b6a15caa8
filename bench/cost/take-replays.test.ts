import { takeReplays } from "./take-replays.ts";

describe("the replays of a kind", () => {
  test("are three, without those that failed or were stale", async () => {
    const rounds = await takeReplays(async (round) => {
      if (round === 0) throw new Error("shed");
      return { result: round, isStale: round === 2 };
    });
    expect(rounds).toEqual([1, 3, 4]);
  });

  test("are stale if no other can be had", async () => {
    const rounds = await takeReplays(async (round) => ({ result: round, isStale: true }));
    expect(rounds).toEqual([5, 6, 7]);
  });

  test("end with the sixth failure", async () => {
    let attempts = 0;
    const replays = takeReplays(async () => {
      attempts += 1;
      throw new Error("shed");
    });
    await expect(replays).rejects.toThrow("shed");
    expect(attempts).toBe(6);
  });
});
