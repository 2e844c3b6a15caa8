import type { SystemUnderTest } from "./system-under-test.ts";

/** The routes of operators. */
export function operations(system: SystemUnderTest): void {
  describe("operations", () => {
    test("metrics are not for clients", async () => {
      expect((await system.api.get("/metrics")).status).toBe(404);
      expect((await system.api.get("/healthz")).status).toBe(200);
    });

    test("the API serves its OpenAPI document and its reference page", async () => {
      const { json } = await system.api.get("/openapi.json");
      expect(json.openapi).toMatch(/^3\.1/);
      expect(Object.keys(json.paths)).toContain("/v1/images/{id}");
      expect((await system.api.get("/docs")).bytes.toString()).toContain("<html");
    });
  });
}
