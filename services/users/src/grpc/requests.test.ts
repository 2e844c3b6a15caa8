import { create } from "@bufbuild/protobuf";
import { Failure } from "@triptych/chassis/contract/failure";
import { newId } from "@triptych/chassis/ids/new-id";
import {
  CreateUserRequestSchema,
  UpdateUserRequestSchema,
} from "@triptych/protos/users/v1/user_service_pb";
import { readCreateUser, readUpdateUser } from "./requests.ts";

function failureOf(read: () => unknown): Failure {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error("the request was read without a failure");
}

const badFields = (read: () => unknown) => failureOf(read).violations.map(({ field }) => field);

describe("readCreateUser", () => {
  const BAD = { handle: "hunter 2", email: "hunter2 ", password: "hunter2 ", displayName: "\0" };
  const read = () => readCreateUser(create(CreateUserRequestSchema, BAD));

  test("names every bad field", () => {
    expect(badFields(read)).toEqual(["handle", "email", "password", "display_name"]);
  });

  test("never repeats what was sent", () => {
    const failure = failureOf(read);
    expect(JSON.stringify(failure) + String(failure)).not.toContain("hunter2");
  });
});

describe("readUpdateUser", () => {
  const KEY = { userId: newId(), sessionId: newId() };
  const read = (user: object, ...paths: string[]) =>
    readUpdateUser(create(UpdateUserRequestSchema, { user, updateMask: { paths } }), KEY);

  test("reads only the fields that the mask names", () => {
    const user = { displayName: "Ada", bio: "x".repeat(501) };
    expect(read(user, "display_name")).toEqual({ key: KEY, change: { displayName: "Ada" } });
  });

  test("takes the avatar away if it is unset or empty", () => {
    for (const user of [{}, { avatarImageId: "" }]) {
      expect(read(user, "avatar_image_id").change).toEqual({ avatarImageId: null });
    }
  });

  test("reads an empty etag as none", () => {
    expect(read({ etag: "" }, "bio").etag).toBeUndefined();
    expect(read({ etag: "3" }, "bio").etag).toBe("3");
  });

  test("names every bad field, the mask and another user's id among them", () => {
    const user = { id: newId(), displayName: "x".repeat(81), bio: "\0", avatarImageId: "x" };
    expect(badFields(() => read(user, "display_name", "bio", "avatar_image_id", "handle"))).toEqual(
      ["update_mask", "user.display_name", "user.bio", "user.avatar_image_id", "user.id"],
    );
  });
});
