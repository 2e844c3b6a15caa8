import { Failure } from "#contract/failure.ts";
import { encodePageToken } from "#ids/page-token.ts";
import { readFields } from "./field-reader.ts";
import type { PagedList } from "./page.ts";

const ID = "0199d3a0-0000-7000-8000-000000000001";
const LIST: PagedList = { query: ["ListThings", "mine"], kinds: ["id"] };

function violationsOf(read: Parameters<typeof readFields>[0]): readonly unknown[] {
  try {
    readFields(read);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.violations;
    throw thrown;
  }
  return [];
}

describe("reading fields", () => {
  test("returns the values if nothing is wrong", () => {
    const value = readFields((fields) => ({
      id: fields.id("id", ID),
      title: fields.text("title", "A title", { max: 10 }),
    }));
    expect(value).toEqual({ id: ID, title: "A title" });
  });

  test("fails with INVALID_ARGUMENT and names every bad field", () => {
    const violations = violationsOf((fields) => {
      fields.id("id", "7");
      fields.text("title", "too long", { max: 3 });
      fields.page({ pageSize: -1, pageToken: "made-up" }, LIST);
    });
    expect(violations).toEqual([
      { field: "id", message: expect.any(String) },
      { field: "title", message: "must have at most 3 characters" },
      { field: "page_size", message: "must not be negative" },
      { field: "page_token", message: expect.any(String) },
    ]);
  });

  test.each([
    ["NUL", "a\0b"],
    ["half of a surrogate pair", "a\ud800"],
  ])("refuses a text with %s", (_, text) => {
    expect(violationsOf((fields) => fields.text("title", text, { max: 10 }))).toHaveLength(1);
  });

  test("counts code points", () => {
    expect(violationsOf((fields) => fields.text("title", "👍👍👍", { max: 3 }))).toEqual([]);
    expect(violationsOf((fields) => fields.text("title", "👍👍👍", { max: 2 }))).toHaveLength(1);
  });

  test("takes a page of 20 by default, and of 100 at most", () => {
    const limitOf = (pageSize: number) =>
      readFields((fields) => fields.page({ pageSize, pageToken: "" }, LIST)).limit;
    expect([limitOf(0), limitOf(7), limitOf(5000)]).toEqual([20, 7, 100]);
  });

  test("takes the page token of this list and of no other", () => {
    const mine = encodePageToken(LIST.query, [ID]);
    const others = encodePageToken(["ListThings", "others"], [ID]);
    const read = (pageToken: string) =>
      readFields((fields) => fields.page({ pageSize: 0, pageToken }, LIST)).after;
    expect(read(mine)).toEqual([ID]);
    expect(() => read(others)).toThrow(Failure);
  });
});
