import { findTextViolations } from "./text-violations.ts";

describe("texts that no database could keep", () => {
  test("are found wherever they stand", () => {
    const body = { a: "\0", b: ["ok", "\ud800"], c: { d: "x\0y" }, e: 7, f: null };
    expect(findTextViolations(body).map(({ field }) => field)).toEqual(["a", "b[1]", "c.d"]);
  });

  test("are not looked for at any depth", () => {
    let deep: unknown = "x";
    for (let depth = 0; depth < 10_000; depth++) deep = [deep];
    expect(findTextViolations({ tags: deep })).toEqual([
      { field: "tags", message: "is nested too deeply" },
    ]);
  });
});
