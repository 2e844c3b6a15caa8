import type { SystemUnderTest } from "./system-under-test.ts";

/** What operators look at. */
export function operations(system: SystemUnderTest): void {
  describe("operations", () => {
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
