import { createHash } from "node:crypto";
import { newId } from "./new-id.ts";
import { decodePageToken, encodePageToken, type PositionKind } from "./page-token.ts";

const QUERY = ["listImages", "owner=a", "newest"];

/** Forges a token, as a reader of the source could. */
function forge(query: readonly string[], body: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([1, query]))
    .update(body)
    .digest();
  return Buffer.concat([Buffer.of(1), hash.subarray(0, 9), Buffer.from(body)]).toString(
    "base64url",
  );
}

describe("decodePageToken", () => {
  test("returns the position that was encoded", () => {
    const position = ["2026-01-02T03:04:05.678901Z", newId(), 7, "früh 🌄"];
    const token = encodePageToken(QUERY, position);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodePageToken(QUERY, token, ["time", "id", "integer", "text"])).toEqual(position);
  });

  test("refuses the token of another query", () => {
    const token = encodePageToken(QUERY, [7]);
    expect(
      decodePageToken(["listImages", "owner=b", "newest"], token, ["integer"]),
    ).toBeUndefined();
    expect(decodePageToken(["listImages,owner=a", "newest"], token, ["integer"])).toBeUndefined();
  });

  test("refuses a token when any one character of it is changed", () => {
    const token = encodePageToken(QUERY, [newId()]);
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === "A" ? "B" : "A";
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      expect(decodePageToken(QUERY, changed, ["id"])).toBeUndefined();
    }
  });

  test.each(["", "x", "AQ", "%00", "…", "AAAA====", "a".repeat(100_000)])(
    "refuses %.20j",
    (token) => {
      expect(decodePageToken(QUERY, token, ["integer"])).toBeUndefined();
    },
  );

  test.each<[string, readonly PositionKind[]]>([
    ["[7,7]", ["integer"]],
    ["[]", ["integer"]],
    ["{}", []],
    ["null", []],
    ["[7", ["integer"]],
    ['["7"]', ["integer"]],
    ["[7.5]", ["integer"]],
    ["[1e300]", ["integer"]],
    ["[[7]]", ["integer"]],
    ["[7]", ["id"]],
    ['["not an id"]', ["id"]],
    ['["2026-13-01T00:00:00Z"]', ["time"]],
    ['["2026-01-01"]', ["time"]],
    ['["2026-02-30T00:00:00Z"]', ["time"]],
    ['["2026-01-01T24:00:00Z"]', ["time"]],
    ['["0000-01-01T00:00:00Z"]', ["time"]],
    ['["2026-01-01T00:00:00Z; drop"]', ["time"]],
    ['["a\\u0000b"]', ["text"]],
    ['["\\ud800"]', ["text"]],
    [JSON.stringify(["x".repeat(129)]), ["text"]],
  ])("refuses the forged position %j for %j", (body, kinds) => {
    expect(decodePageToken(QUERY, forge(QUERY, body), kinds)).toBeUndefined();
  });
});

describe("encodePageToken", () => {
  test("refuses a position that is too long for a token", () => {
    expect(() => encodePageToken(QUERY, ["x".repeat(1_000)])).toThrow(RangeError);
  });
});
