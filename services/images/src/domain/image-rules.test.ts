import { checkHeader } from "./image-rules.ts";

const HEADER = { title: "", description: "", tags: [], visibility: "unspecified" } as const;

describe("an upload's header", () => {
  test("makes a public image that is open to comments, if it says nothing", () => {
    expect(checkHeader(HEADER)).toEqual({
      title: "",
      description: "",
      tags: [],
      visibility: "public",
      commentsOpen: true,
    });
  });

  test("gives tags trimmed, in lower case and once, in the owner's order", () => {
    const tags = [" Zebra", "ÄPFEL ", "zebra", "apple"];
    expect(checkHeader({ ...HEADER, tags }).tags).toEqual(["zebra", "äpfel", "apple"]);
  });

  test("counts code points", () => {
    const title = "👍".repeat(200);
    expect(checkHeader({ ...HEADER, title, tags: ["👍".repeat(50)] }).title).toBe(title);
    expect(() => checkHeader({ ...HEADER, title: `${title}👍` })).toThrow(
      expect.objectContaining({ violations: [{ field: "title", message: expect.any(String) }] }),
    );
  });
});
