import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { newPerson } from "#src/people.ts";
import { readyImage } from "#src/pictures.ts";
import type { System } from "./system.ts";

/** Longer than owners and counts are given again without asking: `fresh_for` of both is a second. */
const DECORATIONS_FRESH_MS = 1_100;

/** What operators look at. */
export function operations(system: System): void {
  describe("operations", () => {
    test("a request's id is echoed, and stands in the log of every process that it touched", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      const requestId = `e2e-${id}`;
      // An answer from a moment ago would be given again without asking.
      await delay(DECORATIONS_FRESH_MS);
      const { headers } = await system.api.request("GET", `/v1/images/${id}`, {
        headers: { "x-request-id": requestId },
      });
      expect(headers.get("x-request-id")).toBe(requestId);
      // Each process writes its line when its part is over, which may be after the answer.
      const all = ["comments", "gateway", "images", "users"];
      await expect(servicesThatLogged(requestId, all.length)).resolves.toEqual(all);
    });

    async function servicesThatLogged(requestId: string, wanted: number): Promise<string[]> {
      const folder = join(system.stack.data, "logs");
      const deadline = Date.now() + 10_000;
      for (;;) {
        const touched = new Set<string>();
        for (const file of await readdir(folder)) {
          const lines = (await readFile(join(folder, file), "utf8")).split("\n");
          for (const line of lines.filter((text) => text.includes(requestId))) {
            touched.add(JSON.parse(line).service);
          }
        }
        if (touched.size >= wanted || Date.now() > deadline) return [...touched].sort();
        await delay(50);
      }
    }

    test("metrics count RPCs and requests by their outcome", async () => {
      await system.api.get("/v1/images");
      const { bytes } = await system.api.get("/metrics");
      expect(bytes.toString()).toMatch(
        /http_server_duration_seconds_count\{.*\/v1\/images.*\} \d+/,
      );
      expect(bytes.toString()).toMatch(/rpc_client_duration_seconds_count\{.*ListImages.*\} \d+/);
    });

    test("the API describes itself", async () => {
      const { json } = await system.api.get("/openapi.json");
      expect(json.openapi).toMatch(/^3\.1/);
      expect(Object.keys(json.paths)).toContain("/v1/images/{id}");
      expect((await system.api.get("/docs")).bytes.toString()).toContain("<html");
    });
  });
}
