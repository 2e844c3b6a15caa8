import type { SystemUnderTest } from "./system-under-test.ts";

/** The routes of operators. */
export function operations(system: SystemUnderTest): void {
  describe("operations", () => {
    test("metrics count RPCs and requests by outcome", async () => {
      await system.api.get("/v1/images");
      const { bytes } = await system.api.get("/metrics");
      expect(bytes.toString()).toMatch(
        /http_server_duration_seconds_count\{.*\/v1\/images.*\} \d+/,
      );
      expect(bytes.toString()).toMatch(/rpc_client_duration_seconds_count\{.*ListImages.*\} \d+/);
    });

    test("the API serves its OpenAPI document and its reference page", async () => {
      const { json } = await system.api.get("/openapi.json");
      expect(json.openapi).toMatch(/^3\.1/);
      expect(Object.keys(json.paths)).toContain("/v1/images/{id}");
      expect((await system.api.get("/docs")).bytes.toString()).toContain("<html");
    });
  });
}
