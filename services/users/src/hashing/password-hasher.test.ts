import { hash } from "@node-rs/argon2";
import { createPasswordHasher } from "./password-hasher.ts";

const hasher = createPasswordHasher();

const soon = () => ({ deadline: Date.now() + 10_000, signal: new AbortController().signal });

describe("the password hasher", () => {
  test("returns a hash with its parameters, which verifies this password only", async () => {
    const stored = await hasher.hash("a lighthouse on Skye", soon());
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(stored, "a lighthouse on Skye", soon())).toBe(true);
    expect(await hasher.verify(stored, "a lighthouse on Mull", soon())).toBe(false);
    expect(hasher.needsRehash(stored)).toBe(false);
  });

  test("returns another hash of the same password each time, since the salt is random", async () => {
    const [one, other] = [await hasher.hash("twice", soon()), await hasher.hash("twice", soon())];
    expect(one).not.toBe(other);
  });

  test("verifies no password without a hash", async () => {
    expect(await hasher.verify(undefined, "a lighthouse on Skye", soon())).toBe(false);
  });

  test.each([
    ["memory", { memoryCost: 9_216 }],
    ["passes", { timeCost: 3 }],
    ["threads", { parallelism: 2 }],
    ["length", { outputLen: 16 }],
    ["algorithm", { algorithm: 1 }],
  ])(
    "verifies a hash with another %s, and reports that it needs a rehash",
    async (_what, options) => {
      const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, ...options };
      const stored = await hash("old", parameters);
      expect(hasher.needsRehash(stored)).toBe(true);
      expect(await hasher.verify(stored, "old", soon())).toBe(true);
    },
  );
});
