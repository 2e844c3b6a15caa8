import { newId } from "@triptych/chassis/ids/new-id";
import { newRefreshToken, parseRefreshToken } from "./refresh-token.ts";

describe("a refresh token", () => {
  test("is parsed to the id of its session and to the stored hash", () => {
    const sessionId = newId();
    const { text, hash } = newRefreshToken(sessionId);
    expect(parseRefreshToken(text)).toEqual({ sessionId, hash });
    expect(hash).toHaveLength(32);
  });

  test("has 256 random bits after the dot", () => {
    const sessionId = newId();
    const [one, other] = [newRefreshToken(sessionId).text, newRefreshToken(sessionId).text];
    expect(one).not.toBe(other);
    expect(Buffer.from(one.split(".")[1] ?? "", "base64url")).toHaveLength(32);
  });

  test.each([
    "",
    "x",
    ".",
    `${newId()}.`,
    newId(),
    `${newId().toUpperCase()}.${"A".repeat(43)}`,
    `${"-".repeat(36)}.${"A".repeat(43)}`,
    `${newId()}.${"A".repeat(44)}`,
    `${newId()}.${"A".repeat(42)}B`,
    `${newId()}.${"A".repeat(43)}=`,
    `${newId()}.${"A".repeat(43)}\n`,
    `${newId()}.${"+".repeat(43)}`,
  ])("is not parsed from %j", (text) => {
    expect(parseRefreshToken(text)).toBeUndefined();
  });
});
