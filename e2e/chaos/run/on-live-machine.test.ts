import { onLiveMachine } from "./on-live-machine.ts";

/** Longer than a machine may stand still. */
const BLOCK_MS = 600;

/** Keeps this process from all else, as a machine does that stands still. */
async function standStill(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const end = performance.now() + BLOCK_MS; performance.now() < end; );
  await new Promise((resolve) => setTimeout(resolve, 50));
}

describe("a play on a machine", () => {
  test("that fails while it stands still is played again, three times in all", async () => {
    let plays = 0;
    const failing = onLiveMachine(async () => {
      plays += 1;
      await standStill();
      throw new Error("late");
    });
    await expect(failing).rejects.toThrow("late");
    expect(plays).toBe(3);
  });

  test("that stands still once passes if its second play does", async () => {
    let plays = 0;
    const played = onLiveMachine(async () => {
      plays += 1;
      if (plays > 1) return "whole";
      await standStill();
      throw new Error("late");
    });
    expect(await played).toBe("whole");
  });

  test("that does not fail is played once, whatever the machine does", async () => {
    let plays = 0;
    await onLiveMachine(async () => {
      plays += 1;
      await standStill();
    });
    expect(plays).toBe(1);
  });
});
