import { findTextViolations } from "./text-violations.ts";

describe("texts that no database can store", () => {
  test("are found at any place of a body", () => {
    const body = { a: "\0", b: ["ok", "\ud800"], c: { d: "x\0y" }, e: 7, f: null };
    expect(findTextViolations(body).map(({ field }) => field)).toEqual(["a", "b[1]", "c.d"]);
  });

  test("are not searched below the deepest level allowed", () => {
    let deep: unknown = "x";
    for (let depth = 0; depth < 10_000; depth++) deep = [deep];
    expect(findTextViolations({ tags: deep })).toEqual([
      { field: "tags", message: "is nested too deeply" },
    ]);
  });
});
