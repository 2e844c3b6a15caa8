import { ItemTexts, toPageText } from "./item-texts.ts";

interface Thing {
  readonly title: string;
}

describe("the text of an item", () => {
  let views: number;
  const texts = new ItemTexts<Thing>(["owner", "count"], ({ title }) => {
    views += 1;
    return { title, owner: null, tags: [title], count: null, end: title };
  });
  beforeEach(() => {
    views = 0;
  });

  test.each([
    '"owner":null',
    '","owner":null,"count":null',
    "\\",
    '\\"count\\":null',
    "é\u2028\u{1f600}",
  ])("has the members in their places, whatever a person wrote: %s", (title) => {
    const text = texts.fill({ title }, ['{"id":1}', "7"]);
    expect(JSON.parse(text)).toEqual({
      title,
      owner: { id: 1 },
      tags: [title],
      count: 7,
      end: title,
    });
  });

  test("is made once for each message, and filled anew for each answer", () => {
    const thing = { title: "a" };
    expect(JSON.parse(texts.fill(thing, ["1", "null"]))).toMatchObject({ owner: 1, count: null });
    expect(JSON.parse(texts.fill(thing, ["2", "3"]))).toMatchObject({ owner: 2, count: 3 });
    expect(views).toBe(1);
  });

  test("is refused if the view has no such member", () => {
    const wrong = new ItemTexts<Thing>(["owner"], ({ title }) => ({ title }));
    expect(() => wrong.fill({ title: '"owner":null' }, ["1"])).toThrow(/has no owner/);
  });
});

describe("the text of a page", () => {
  test("has its items, the token of the next page, and the other members", () => {
    const page = { items: ['{"id":1}', "2"], nextPageToken: 'to"ken', members: { degraded: [] } };
    expect(JSON.parse(toPageText("things", page))).toEqual({
      things: [{ id: 1 }, 2],
      nextPageToken: 'to"ken',
      degraded: [],
    });
    const last = { items: [], nextPageToken: "", members: {} };
    expect(toPageText("things", last)).toBe('{"things":[],"nextPageToken":null}');
  });
});
