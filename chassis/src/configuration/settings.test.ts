import { resolve } from "node:path";
import { addresses, path, port, url } from "./address-settings.ts";
import { type Field, Invalid } from "./setting.ts";
import { boolean, integer, json, list, oneOf, text } from "./settings.ts";

const WHERE = { variable: "X", description: "x" };

function take<T>(field: Field<T>, value: string): T | "refused" {
  const parsed = field.parse(value);
  return parsed instanceof Invalid ? "refused" : parsed;
}

describe("a field", () => {
  test.each<[string, Field<unknown>, string, unknown]>([
    ["text", text(WHERE), " as it is ", " as it is "],
    ["integer", integer({ ...WHERE, min: -5, max: 5 }), "-5", -5],
    ["boolean", boolean(WHERE), "true", true],
    ["boolean", boolean(WHERE), "false", false],
    ["oneOf", oneOf(["a", "b"], WHERE), "b", "b"],
    ["list", list(WHERE), " a, b ,,c", ["a", "b", "c"]],
    [
      "json",
      json({ ...WHERE, expected: "JSON", parse: (value) => value }),
      '{"a":[1]}',
      { a: [1] },
    ],
    ["port", port(WHERE), "65535", 65_535],
    ["port with zero", port({ ...WHERE, allowZero: true }), "0", 0],
    ["url", url({ ...WHERE, protocols: ["https"] }), "https://a/b?c", "https://a/b?c"],
    ["addresses, one a name", addresses(WHERE), "users.default.svc:81", ["users.default.svc:81"]],
    ["addresses, one of IPv6", addresses(WHERE), "[::1]:81", ["[::1]:81"]],
    ["addresses", addresses(WHERE), "127.0.0.1:1, 127.0.0.2:2", ["127.0.0.1:1", "127.0.0.2:2"]],
    ["path", path(WHERE), "blobs/x", resolve("blobs/x")],
  ])("of kind %s accepts a valid text", (_kind, field, value, expected) => {
    expect(take(field, value)).toEqual(expected);
  });

  test.each<[string, Field<unknown>, string]>([
    ["text", text(WHERE), "x".repeat(65_537)],
    ["integer", integer({ ...WHERE, min: 0, max: 5 }), "6"],
    ["integer", integer({ ...WHERE, min: 0, max: 5 }), "1.5"],
    ["integer", integer({ ...WHERE, min: 0, max: 5 }), "0x1"],
    ["integer", integer({ ...WHERE, min: 0, max: 5 }), " 1"],
    ["boolean", boolean(WHERE), "yes"],
    ["oneOf", oneOf(["a", "b"], WHERE), "c"],
    ["json", json({ ...WHERE, expected: "JSON", parse: (value) => value }), "{"],
    ["port", port(WHERE), "0"],
    ["port", port(WHERE), "65536"],
    ["url", url({ ...WHERE, protocols: ["https"] }), "http://a"],
    ["url", url({ ...WHERE, protocols: ["https"] }), "https://"],
    ["url", url({ ...WHERE, protocols: ["postgres"] }), "postgres:a"],
    ["addresses", addresses(WHERE), "a"],
    ["addresses", addresses(WHERE), "::1:80"],
    ["addresses", addresses(WHERE), "a:99999"],
    ["addresses, several names", addresses(WHERE), "a:1,b:2"],
    ["addresses of two families", addresses(WHERE), "127.0.0.1:1,[::1]:2"],
    ["path", path(WHERE), "a\0b"],
  ])("of kind %s refuses an invalid text", (_kind, field, value) => {
    expect(take(field, value)).toBe("refused");
  });

  test("returns the message of the parser of JSON", () => {
    const parse = () => {
      throw new Error("keys is missing");
    };
    expect(json({ ...WHERE, expected: "a key set", parse }).parse("{}")).toEqual(
      new Invalid("keys is missing"),
    );
  });
});
