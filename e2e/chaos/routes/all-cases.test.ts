import { readFile } from "node:fs/promises";
import { ALL_CASES } from "./all-cases.ts";

describe("ALL_CASES", () => {
  test("uses every route of the OpenAPI document, and no other", async () => {
    const { paths } = JSON.parse(await readFile("gateway/openapi.json", "utf8"));
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const used = new Set(ALL_CASES.map(({ route }) => route));
    expect([...used].sort()).toEqual(documented.sort());
  });
});
