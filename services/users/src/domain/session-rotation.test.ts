import { decideRotation } from "./session-rotation.ts";

const NOON = new Date("2026-01-01T12:00:00.000Z");
const LATER = new Date("2026-01-01T12:00:00.001Z");
const IN_30_DAYS = new Date("2026-01-31T12:00:00.000Z");

const CURRENT = Buffer.from("current");
const NEXT = Buffer.from("next");
const OTHER = Buffer.from("other");

function decide({ shown = CURRENT, expireTime = LATER } = {}) {
  const current = { refreshTokenHash: CURRENT, expireTime };
  return decideRotation(current, { shownHash: shown, nextHash: NEXT }, NOON);
}

describe("the rotation of a refresh token", () => {
  test("replaces the current token, and lets the session live 30 days from now", () => {
    expect(decide()).toEqual({
      refreshTokenHash: NEXT,
      refreshTime: NOON,
      expireTime: IN_30_DAYS,
    });
  });

  test("ends the session if the shown token is not the current one", () => {
    expect(decide({ shown: OTHER })).toBeUndefined();
  });

  test("ends the session in the instant when it expires", () => {
    expect(decide({ expireTime: NOON })).toBeUndefined();
  });
});
