import type { PartName } from "#parts/part-names.ts";
import { endProcesses } from "./stack-parts.ts";

describe("endProcesses", () => {
  test("ends the gateway, then the services, then the worker, each after the ones before have ended", async () => {
    const events: string[] = [];
    const names: readonly PartName[] = ["images-worker", "users", "gateway", "comments", "images"];
    const processes = names.map((name) => ({
      name,
      async end() {
        events.push(`${name} ends`);
        await new Promise(setImmediate);
        events.push(`${name} is gone`);
      },
    }));

    await endProcesses(processes, new AbortController().signal);

    const [gatewayEnds, gatewayIsGone, ...rest] = events;
    expect([gatewayEnds, gatewayIsGone]).toEqual(["gateway ends", "gateway is gone"]);
    expect(rest.slice(0, 3).toSorted()).toEqual(["comments ends", "images ends", "users ends"]);
    expect(rest.slice(-2)).toEqual(["images-worker ends", "images-worker is gone"]);
  });
});
