import { type Part, startInOrder } from "./start-in-order.ts";

function parts(names: readonly string[], failing: { start?: string; stop?: string } = {}) {
  const events: string[] = [];
  const make = (name: string): Part => ({
    name,
    start: async () => {
      if (name === failing.start) throw new Error("no such luck");
      events.push(`${name} started`);
    },
    stop: async () => {
      events.push(`${name} stopped`);
      if (name === failing.stop) throw new Error("stuck");
    },
  });
  return { events, parts: names.map(make) };
}

describe("startInOrder", () => {
  test("starts in order and stops in reverse, once", async () => {
    const { events, parts: both } = parts(["pool", "server"]);
    const stop = await startInOrder(both);
    await Promise.all([stop(), stop()]);
    expect(events).toEqual(["pool started", "server started", "server stopped", "pool stopped"]);
  });

  test("stops what was started if a part fails, and names the part", async () => {
    const { events, parts: three } = parts(["pool", "cache", "server"], { start: "server" });
    await expect(startInOrder(three)).rejects.toMatchObject({
      message: "the server did not start",
      cause: { message: "no such luck" },
    });
    expect(events).toEqual(["pool started", "cache started", "cache stopped", "pool stopped"]);
  });

  test("stops the other parts after one that fails, and throws its error", async () => {
    const { events, parts: both } = parts(["pool", "server"], { stop: "server" });
    const stop = await startInOrder(both);
    await expect(stop()).rejects.toThrow("stuck");
    expect(events).toContain("pool stopped");
  });

  test("keeps both errors if a part fails and another does not stop", async () => {
    const { parts: both } = parts(["pool", "server"], { start: "server", stop: "pool" });
    await expect(startInOrder(both)).rejects.toMatchObject({
      error: { message: "stuck" },
      suppressed: { message: "the server did not start" },
    });
  });
});
