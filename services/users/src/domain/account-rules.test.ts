import { Failure } from "@triptych/chassis/contract/failure";
import { readFields } from "@triptych/chassis/validation/field-reader";
import { readAccountRequest, readProfileChange } from "./account-rules.ts";

const GOOD = {
  handle: "ada_1815",
  email: "ada@example.org",
  password: "a lighthouse on Skye",
  displayName: "Ada",
};

function badFields(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.violations.map(({ field }) => field);
    throw thrown;
  }
  return [];
}

const inAccount = (change: Partial<typeof GOOD>) =>
  badFields(() => readAccountRequest({ ...GOOD, ...change }));

describe("a new account", () => {
  test.each(["abc", "___", "0123456789", "a".repeat(30)])("takes the handle %s", (handle) => {
    expect(inAccount({ handle })).toEqual([]);
  });

  test.each(["ab", "a".repeat(31), "Ada", "a-b", "a b", "äda", "ada\n", "ada\0", "", "аda"])(
    "refuses the handle %j",
    (handle) => {
      expect(inAccount({ handle })).toEqual(["handle"]);
    },
  );

  test.each(["a@b", "ada+tag@mail.example.org", "jürgen@müller.example", `${"a".repeat(252)}@b`])(
    "takes the e-mail address %s",
    (email) => {
      expect(inAccount({ email })).toEqual([]);
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
  ])("refuses the e-mail address %j", (email) => {
    expect(inAccount({ email })).toEqual(["email"]);
  });

  test.each([
    "x".repeat(11).concat("y"),
    "🦋🦋🦋🦋🦋🦋🦋🦋🦋🦋🦋🦋",
    "x".repeat(127).concat("y"),
    "   correct horse   ",
  ])("takes the password %j", (password) => {
    expect(inAccount({ password })).toEqual([]);
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
  ])("refuses the password %j", (password) => {
    expect(inAccount({ password })).toEqual(["password"]);
  });

  test("refuses its handle as the password", () => {
    expect(inAccount({ handle: "ada_lovelace_1815", password: "Ada_Lovelace_1815" })).toEqual([
      "password",
    ]);
  });

  test("takes 80 characters as the display name, of whatever length in bytes, and none", () => {
    expect(inAccount({ displayName: "👩‍🎨".normalize().slice(0, 2).repeat(80) })).toEqual([]);
    expect(inAccount({ displayName: "" })).toEqual([]);
    expect(inAccount({ displayName: "x".repeat(81) })).toEqual(["display_name"]);
    expect(inAccount({ displayName: "a\0" })).toEqual(["display_name"]);
  });

  test("never repeats what was sent", () => {
    const secret = "hunter2 ";
    try {
      readAccountRequest({ handle: secret, email: secret, password: secret, displayName: "" });
    } catch (thrown) {
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain("hunter2");
    }
    expect.assertions(1);
  });
});

describe("a changed profile", () => {
  const inProfile = (change: Parameters<typeof readProfileChange>[1]) =>
    badFields(() => readFields((fields) => readProfileChange(fields, change)));

  test("may change in nothing, and may lose its avatar", () => {
    expect(inProfile({})).toEqual([]);
    expect(inProfile({ avatarImageId: null })).toEqual([]);
  });

  test("takes a bio of 500 characters and refuses 501", () => {
    expect(inProfile({ bio: "🦋".repeat(500) })).toEqual([]);
    expect(inProfile({ bio: "x".repeat(501) })).toEqual(["user.bio"]);
  });

  test("names every bad field", () => {
    const change = { displayName: "x".repeat(81), bio: "\0", avatarImageId: "x" };
    expect(inProfile(change)).toEqual(["user.display_name", "user.bio", "user.avatar_image_id"]);
  });
});
