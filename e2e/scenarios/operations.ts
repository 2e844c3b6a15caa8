import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { newPerson } from "#src/people.ts";
import { readyImage } from "#src/pictures.ts";
import type { System } from "./system.ts";

/** What operators look at. */
export function operations(system: System): void {
  describe("operations", () => {
    test("a request's id is echoed, and stands in the log of every process that it touched", async () => {
      const { token } = await newPerson(system.api);
      const { id } = await readyImage(system.api, token);
      const requestId = `e2e-${id}`;
      const { headers } = await system.api.request("GET", `/v1/images/${id}`, {
        headers: { "x-request-id": requestId },
      });
      expect(headers.get("x-request-id")).toBe(requestId);
      const folder = join(system.stack.data, "logs");
      const touched = new Set<string>();
      for (const file of await readdir(folder)) {
        const lines = (await readFile(join(folder, file), "utf8")).split("\n");
        for (const line of lines.filter((text) => text.includes(requestId))) {
          touched.add(JSON.parse(line).service);
        }
      }
      expect([...touched].sort()).toEqual(["comments", "gateway", "images", "users"]);
    });

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
