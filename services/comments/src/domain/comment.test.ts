import { type Comment, etagOf, isEditWindowOver, toTombstone, withBody } from "./comment.ts";

const NOON = new Date("2026-01-01T12:00:00.000Z");
const LATER = new Date("2026-01-01T12:01:00.000Z");

const COMMENT: Comment = {
  id: "018f0000-0000-7000-8000-000000000002",
  imageId: "018f0000-0000-7000-8000-000000000001",
  authorId: "018f0000-0000-7000-8000-000000000003",
  parentId: undefined,
  depth: 1,
  body: "first",
  replyCount: 3,
  edited: false,
  deleted: false,
  version: 1,
  createTime: NOON,
  updateTime: NOON,
};

describe("a comment", () => {
  test.each([
    ["2026-01-01T12:14:59.999Z", false],
    ["2026-01-01T12:15:00.000Z", false],
    ["2026-01-01T12:15:00.001Z", true],
  ])("can be edited for 15 minutes; at %s too late: %s", (now, over) => {
    expect(isEditWindowOver(COMMENT, new Date(now))).toBe(over);
  });

  test("has another etag, and the time of the edit, after an edit", () => {
    const edited = withBody(COMMENT, "second", LATER);
    expect(edited).toMatchObject({ body: "second", edited: true, updateTime: LATER });
    expect(edited.createTime).toBe(NOON);
    expect(etagOf(edited)).not.toBe(etagOf(COMMENT));
  });

  test("loses author and body as a tombstone, and retains its place in the thread", () => {
    const tombstone = toTombstone(COMMENT, LATER);
    expect(tombstone).toMatchObject({ authorId: undefined, body: "", deleted: true });
    expect(tombstone).toMatchObject({ id: COMMENT.id, depth: 1, replyCount: 3 });
    expect(etagOf(tombstone)).not.toBe(etagOf(COMMENT));
  });
});
