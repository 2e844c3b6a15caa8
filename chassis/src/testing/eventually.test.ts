import { eventually } from "./eventually.ts";

describe("eventually", () => {
  test("polls until the condition holds, and returns its value", async () => {
    const values = [undefined, false, 0] as const;
    let attempts = 0;
    await expect(eventually(() => values[attempts++], { intervalMs: 1 })).resolves.toBe(0);
    expect(attempts).toBe(3);
  });

  test("awaits a condition that returns a promise", async () => {
    await expect(eventually(async () => "done")).resolves.toBe("done");
  });

  test("fails after its timeout, and quotes the condition", async () => {
    const never = eventually(() => Number.isNaN(7), { timeoutMs: 5, intervalMs: 1 });
    await expect(never).rejects.toThrow("still not so after 5 ms: () => Number.isNaN(7)");
  });

  test("fails at once with an error of the condition", async () => {
    const defect = new TypeError("a defect");
    await expect(eventually(() => Promise.reject(defect))).rejects.toBe(defect);
  });
});
