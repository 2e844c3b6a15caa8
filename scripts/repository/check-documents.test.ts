import { anchorsOf } from "./check-documents.ts";

describe("the anchors of a document", () => {
  test("are its headings in lower case, with hyphens and without punctuation", () => {
    const text = "# Two commands\n\n## Read-only, for a `migration`\n\n### What's next?\n";
    expect([...anchorsOf(text)]).toEqual([
      "two-commands",
      "read-only-for-a-migration",
      "whats-next",
    ]);
  });

  test("are not the comments in a block of code", () => {
    expect(anchorsOf("# One\n\n```sh\n# a comment\n```\n")).toEqual(new Set(["one"]));
  });
});
