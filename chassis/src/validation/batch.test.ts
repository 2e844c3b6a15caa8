import { Failure } from "#contract/failure.ts";
import { fitIntoBatch, readEach } from "./batch.ts";

const MEBIBYTE = 1024 * 1024;

describe("a batch of requests", () => {
  test("leaves out a request that is refused, and no other", () => {
    const read = (text: string) => {
      if (text === "bad") throw new Failure("INVALID_ARGUMENT", "bad");
      return text.length;
    };
    expect(readEach(["a", "bad", "abc"], read)).toEqual([1, undefined, 3]);
  });

  test("does not hide a fault of the program", () => {
    const read = () => {
      throw new TypeError("a fault");
    };
    expect(() => readEach(["a"], read)).toThrow(TypeError);
  });

  test("leaves out the answers that find no room", () => {
    const answers = [MEBIBYTE / 3, undefined, MEBIBYTE, MEBIBYTE / 3];
    expect(fitIntoBatch(answers, (length) => length)).toEqual([
      MEBIBYTE / 3,
      undefined,
      undefined,
      MEBIBYTE / 3,
    ]);
  });
});
