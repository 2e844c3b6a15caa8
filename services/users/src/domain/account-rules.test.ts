import {
  findBioViolation,
  findDisplayNameViolation,
  findEmailViolation,
  findHandleViolation,
  findPasswordViolation,
} from "./account-rules.ts";

const ADA = { handle: "ada_1815", email: "ada@example.org", password: "a lighthouse on Skye" };

describe("the rule of handles", () => {
  test.each(["abc", "___", "0123456789", "a".repeat(30)])("allows %s", (handle) => {
    expect(findHandleViolation(handle)).toBeUndefined();
  });

  test.each(["ab", "a".repeat(31), "Ada", "a-b", "a b", "äda", "ada\n", "ada\0", "", "аda"])(
    "refuses %j",
    (handle) => {
      expect(findHandleViolation(handle)).toContain("3 to 30 characters");
    },
  );
});

describe("the rule of e-mail addresses", () => {
  test.each(["a@b", "ada+tag@mail.example.org", "jürgen@müller.example", `${"a".repeat(252)}@b`])(
    "allows %s",
    (email) => {
      expect(findEmailViolation(email)).toBeUndefined();
    },
  );

  test.each([
    "ada",
    "@b",
    "a@",
    "a@b@c",
    "a b@c",
    "a@b\n",
    "a\u00a0@b",
    "a\u200b@b",
    "a\0@b",
    "a\ud800@b",
    `${"a".repeat(253)}@b`,
    "",
  ])("refuses %j", (email) => {
    expect(findEmailViolation(email)).toMatch(/^must/);
  });
});

describe("the rule of passwords", () => {
  test.each([
    "x".repeat(11).concat("y"),
    "🦋🦋🦋🦋🦋🦋🦋🦋🦋🦋🦋🦋",
    "x".repeat(127).concat("y"),
    "   correct horse   ",
  ])("allows %j", (password) => {
    expect(findPasswordViolation({ ...ADA, password })).toBeUndefined();
  });

  test.each([
    "elevenchars",
    "🦋".repeat(11),
    "x".repeat(129),
    "a lighthouse\0",
    "a lighthouse\udc00",
    "1q2w3e4r5t6y",
    "Password1234",
    "QWERTYUIOP123",
    "123456789012",
    "ada@example.org",
    "ADA@example.ORG",
    "",
  ])("refuses %j", (password) => {
    expect(findPasswordViolation({ ...ADA, password })).toMatch(/^(must|is)/);
  });

  test("refuses the handle as the password, in another case too", () => {
    const account = { ...ADA, handle: "ada_lovelace_1815", password: "Ada_Lovelace_1815" };
    expect(findPasswordViolation(account)).toContain("neither the handle");
  });
});

test("a display name has at most 80 characters, whatever their length in bytes, or none", () => {
  expect(findDisplayNameViolation("👩‍🎨".normalize().slice(0, 2).repeat(80))).toBeUndefined();
  expect(findDisplayNameViolation("")).toBeUndefined();
  expect(findDisplayNameViolation("x".repeat(81))).toContain("80");
  expect(findDisplayNameViolation("a\0")).toContain("NUL");
});

test("a bio has at most 500 characters", () => {
  expect(findBioViolation("🦋".repeat(500))).toBeUndefined();
  expect(findBioViolation("x".repeat(501))).toContain("500");
});
