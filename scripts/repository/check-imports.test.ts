import { violationsOf } from "./check-imports.ts";

function graph(imports: Readonly<Record<string, readonly string[]>>) {
  return new Map(Object.entries(imports).map(([path, targets]) => [path, new Set(targets)]));
}

describe("imports within a package", () => {
  test("are accepted where files and folders point one way", () => {
    expect(violationsOf(graph({ "a/x.ts": ["a/y.ts", "b/x.ts"], "b/x.ts": ["c/x.ts"] }))).toEqual(
      [],
    );
  });

  test("are refused where two files import one another, over a third one too", () => {
    const files = graph({ "a/x.ts": ["a/y.ts"], "a/y.ts": ["a/z.ts"], "a/z.ts": ["a/x.ts"] });
    expect(violationsOf(files)).toEqual(["import cycle: a/x.ts → a/y.ts → a/z.ts → a/x.ts"]);
  });

  test("are refused where two folders import one another, and the imports are named", () => {
    const files = graph({ "a/x.ts": ["b/x.ts"], "b/y.ts": ["a/y.ts"] });
    expect(violationsOf(files)).toEqual([
      "folders that import one another: a → b → a\n  a/x.ts → b/x.ts\n  b/y.ts → a/y.ts",
    ]);
  });

  test("are refused where three folders import one another in a ring", () => {
    const files = graph({ "a/x.ts": ["b/x.ts"], "b/y.ts": ["c/x.ts"], "c/y.ts": ["a/y.ts"] });
    expect(violationsOf(files)[0]).toContain("a → b → c → a");
  });
});
