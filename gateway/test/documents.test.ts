import { readFileSync } from "node:fs";
import { buildDocument } from "#build-document.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

describe("the OpenAPI document and its page", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("equal the golden file; for a change that is meant, run: pnpm --filter @triptych/gateway openapi", async () => {
    const golden = readFileSync(new URL("../openapi.json", import.meta.url), "utf8");
    expect(await buildDocument()).toBe(golden);
  });

  test("are served as OpenAPI 3.1, with every route and no dangling reference", async () => {
    const document = await bodyOf(await gateway.fetch("/openapi.json"));
    expect(document.openapi).toBe("3.1.0");
    const text = JSON.stringify(document);
    const { schemas } = document.components as { schemas: object };
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(Object.keys(schemas)).toContain(name);
    }
    expect(text).not.toContain('"$ref":"User');
  });

  test("can be read in a browser that reaches nothing but this server", async () => {
    expect((await gateway.fetch("/docs")).headers.get("location")).toBe("/docs/");
    const page = await gateway.fetch("/docs/");
    const html = await page.text();
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const policy = page.headers.get("content-security-policy");
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'(;|$)/);
    expect(policy).toContain("connect-src 'self'");
    const script = await gateway.fetch("/docs/js/scalar.js");
    expect(script.status).toBe(200);
    expect((await script.text()).length).toBeGreaterThan(1_000_000);
  });
});
