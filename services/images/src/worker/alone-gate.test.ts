import { createAloneGate } from "./alone-gate.ts";

describe("the gate of renderers", () => {
  test("lets one task run alone, and those that come meanwhile after it", async () => {
    const gate = createAloneGate();
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise(setImmediate);
      events.push(`${name} ends`);
    };
    await Promise.all([
      gate.among(task("first")),
      gate.among(task("second")),
      gate.alone(task("alone")),
      gate.among(task("third")),
    ]);
    expect(events).toEqual([
      "first begins",
      "second begins",
      "first ends",
      "second ends",
      "alone begins",
      "alone ends",
      "third begins",
      "third ends",
    ]);
  });

  test("opens after a task that fails", async () => {
    const gate = createAloneGate();
    const fail = async () => {
      throw new Error("killed");
    };
    await expect(gate.alone(fail)).rejects.toThrow("killed");
    await expect(gate.among(fail)).rejects.toThrow("killed");
    await expect(gate.alone(async () => 1)).resolves.toBe(1);
    await expect(gate.among(async () => 2)).resolves.toBe(2);
  });
});
