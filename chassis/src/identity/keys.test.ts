import { generateKeyPair, parseJwks, parsePrivateJwk } from "./keys.ts";

const { privateJwk, publicJwks } = generateKeyPair("one");
const [publicJwk] = publicJwks.keys;

describe("parseJwks", () => {
  test("accepts a set of several keys, and drops unknown members", () => {
    const { keys: others } = generateKeyPair("two").publicJwks;
    const keys = [{ ...publicJwk, use: "sig" }, ...others];
    expect(parseJwks(JSON.parse(JSON.stringify({ keys })))).toEqual({
      keys: [publicJwk, ...others],
    });
  });

  test.each<[string, unknown, string]>([
    ["nothing", undefined, '"keys" must be'],
    ["a text", "{}", '"keys" must be'],
    ["an empty set", { keys: [] }, '"keys" must be'],
    ["a key of another kind", { keys: [{ kty: "RSA", kid: "a" }] }, "keys[0] must have"],
    ["a key without a name", { keys: [{ ...publicJwk, kid: "" }] }, 'keys[0] must have a "kid"'],
    ["a key without its value", { keys: [{ ...publicJwk, x: undefined }] }, 'must have "x"'],
    ["a broken key", { keys: [{ ...publicJwk, x: "AAAA" }] }, "keys[0] is not an Ed25519 key"],
    ["two keys of one name", { keys: [publicJwk, publicJwk] }, 'the same "kid"'],
    ["a private key", { keys: [privateJwk] }, "holds a private key"],
  ])("refuses %s", (_what, value, message) => {
    expect(() => parseJwks(value)).toThrow(message);
  });
});

describe("parsePrivateJwk", () => {
  test("accepts a private key", () => {
    expect(parsePrivateJwk(JSON.parse(JSON.stringify(privateJwk)))).toEqual(privateJwk);
  });

  test.each<[string, unknown, string]>([
    ["nothing", null, "the key must have"],
    ["a public key", publicJwk, "it is not a private key"],
    ["a broken key", { ...privateJwk, d: "AAAA" }, "not an Ed25519 key"],
    ["halves of two keys", { ...privateJwk, x: generateKeyPair("x").privateJwk.x }, "public half"],
  ])("refuses %s, and does not repeat it", (_what, value, message) => {
    expect(() => parsePrivateJwk(value)).toThrow(message);
  });
});
