import { positionOf, toPage } from "./page-token.ts";

const ids = Array.from({ length: 3 }, (_, index) => `01890000-0000-7000-8000-00000000000${index}`);
const rows = ids.map((id) => ({ id }));

test("a page ends before the row more that was read, and its token continues after its last", () => {
  const { items, nextPageToken } = toPage(rows, 2);
  expect(items).toEqual(rows.slice(0, 2));
  expect(positionOf({ pageToken: nextPageToken ?? "" })).toEqual({ before: ids[1], size: 20 });
});

test("the last page has no token", () => {
  expect(toPage(rows, 3)).toEqual({ items: rows, nextPageToken: null });
});

test.each(["x", "AAAA", "…"])("the token %j is refused", (pageToken) => {
  expect(() => positionOf({ pageToken })).toThrow("pageToken is malformed");
});
