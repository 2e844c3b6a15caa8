import { createHash, randomBytes } from "node:crypto";
import { createContentParts, PART_BYTES } from "./content-parts.ts";

const CHUNK_BYTES = 100_000; // no part ends where a chunk does

describe("parts of a content", () => {
  test.each([
    ["nothing", 0, []],
    ["a byte", 1, [1]],
    ["a part to the byte", PART_BYTES, [PART_BYTES]],
    ["a byte more than a part", PART_BYTES + 1, [PART_BYTES, 1]],
    ["two parts and a half", 2.5 * PART_BYTES, [PART_BYTES, PART_BYTES, PART_BYTES / 2]],
  ])("have their own hashes: %s", (_, sizeBytes, lengths) => {
    const bytes = randomBytes(sizeBytes);
    const parts = createContentParts();
    for (let at = 0; at < sizeBytes; at += CHUNK_BYTES) {
      parts.push(bytes.subarray(at, at + CHUNK_BYTES));
    }
    const expected = lengths.map((length, index) => {
      const first = index * PART_BYTES;
      const part = bytes.subarray(first, first + length);
      const sha256 = createHash("sha256").update(part).digest("hex");
      return { number: index + 1, first, length, sha256 };
    });
    expect(parts.end()).toEqual(expected);
  });

  test("are cut from a chunk that is longer than a part", () => {
    const parts = createContentParts();
    parts.push(new Uint8Array(2 * PART_BYTES + 1));
    expect(parts.end().map(({ length }) => length)).toEqual([PART_BYTES, PART_BYTES, 1]);
  });
});
