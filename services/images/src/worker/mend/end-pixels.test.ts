import { deflateSync, inflateSync } from "node:zlib";
import { endPixels } from "./end-pixels.ts";

const CHECKSUM_BYTES = 4;

describe("a zlib stream without its checksum", () => {
  const data = Buffer.from("rows of pixels ".repeat(1_000));
  const cut = deflateSync(data).subarray(0, -CHECKSUM_BYTES);

  test("is ended with the right one", async () => {
    expect(inflateSync(await endPixels(cut, data.length))).toEqual(data);
  });

  test("stays as it is if it holds more than a picture of its size", async () => {
    expect(await endPixels(cut, data.length - 1)).toBe(cut);
  });
});
