import { status } from "@grpc/grpc-js";
import { newId } from "@triptych/chassis/ids/new-id";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { ImageState } from "@triptych/protos/images/v1/image_pb";
import { startUsers, type TestUser, type UsersUnderTest } from "./start-users.ts";

let service: UsersUnderTest;
let ada: TestUser;

beforeAll(async () => {
  service = await startUsers();
});
beforeEach(async () => {
  ada = await service.signIn();
});
afterAll(() => service[Symbol.asyncDispose]());

interface ProfileFields {
  readonly id?: string;
  readonly displayName?: string;
  readonly bio?: string;
  readonly avatarImageId?: string;
  readonly etag?: string;
}

function update(user: ProfileFields, ...paths: readonly string[]) {
  return service.client.updateUser({ user, updateMask: { paths: [...paths] } }, ada.context());
}

describe("UpdateUser", () => {
  test("changes the fields that the mask names, and no others", async () => {
    const updated = await update({ displayName: "Ada", bio: "ignored" }, "display_name");
    expect(updated).toMatchObject({ displayName: "Ada", bio: "", email: ada.user.email });
    expect(await update({ bio: "I paint." }, "bio")).toMatchObject({
      displayName: "Ada",
      bio: "I paint.",
    });
    const emptied = await update({}, "display_name", "bio");
    expect(emptied).toMatchObject({ displayName: "", bio: "" });
  });

  test("returns a new etag and update time, and the old create time", async () => {
    const updated = await update({ bio: "new" }, "bio");
    expect(updated.etag).not.toBe(ada.user.etag);
    expect(updated.createTime).toEqual(ada.user.createTime);
    expect(updated.updateTime).not.toEqual(ada.user.updateTime);
  });

  test("fails if the session ends while the change waits for another one", async () => {
    const updates: Promise<unknown>[] = [];
    await service.database.for("").transaction(async (connection) => {
      await connection.execute("select from users where id = $1 for update", [ada.user.id]);
      updates.push(update({ bio: "too late" }, "bio"));
      await eventually(async () => {
        const waiting = await connection.execute(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return waiting.rowCount === 1;
      });
      await service.client.deleteSession({ id: ada.sessionId }, ada.context());
    });
    await expect(updates[0]).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    const now = await service.client.getUser({ id: ada.user.id }, contextFor());
    expect(now.bio).toBe("");
  });

  test("fails with ETAG_MISMATCH for an old or unknown etag, and changes nothing", async () => {
    const { etag } = await update({ bio: "one" }, "bio");
    await update({ bio: "two", etag }, "bio");
    for (const stale of [etag, "nonsense"]) {
      await expect(update({ bio: "three", etag: stale }, "bio")).rejects.toMatchObject({
        reason: "ETAG_MISMATCH",
        code: status.ABORTED,
      });
    }
    const now = await service.client.getUser({ id: ada.user.id }, contextFor());
    expect(now.bio).toBe("two");
  });

  test("applies one of ten changes at once that name one etag", async () => {
    const { etag } = ada.user;
    const calls = Array.from({ length: 10 }, (_, index) =>
      update({ bio: `${index}`, etag }, "bio"),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of settled) {
      if (one.status === "rejected") expect(one.reason.reason).toBe("ETAG_MISMATCH");
    }
  });

  test.each([
    ["no field", []],
    ["a field that cannot be changed", ["bio", "handle"]],
    ["a property of every JavaScript object", ["constructor"]],
    ["the wildcard", ["*"]],
  ])("fails with INVALID_ARGUMENT if the mask names %s", async (_what, paths) => {
    await expect(update({ bio: "x" }, ...paths)).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [{ field: "update_mask" }],
    });
  });

  test("fails with INVALID_ARGUMENT and names every bad field", async () => {
    const user = {
      id: newId(),
      displayName: "x".repeat(81),
      bio: "a\0b",
      avatarImageId: "7",
    };
    const call = update(user, "display_name", "bio", "avatar_image_id");
    await expect(call).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [
        { field: "user.display_name" },
        { field: "user.bio" },
        { field: "user.avatar_image_id" },
        { field: "user.id" },
      ],
    });
  });

  test("fails with UNAUTHENTICATED for an anonymous caller", async () => {
    const request = { user: { bio: "x" }, updateMask: { paths: ["bio"] } };
    await expect(service.client.updateUser(request, contextFor())).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
      code: status.UNAUTHENTICATED,
    });
  });
});

describe("UpdateUser of the avatar", () => {
  test("sets a ready image of the caller's own, and removes it again", async () => {
    const avatarImageId = service.images.put({ ownerId: ada.user.id });
    expect((await update({ avatarImageId }, "avatar_image_id")).avatarImageId).toBe(avatarImageId);
    expect((await update({ avatarImageId: "" }, "avatar_image_id")).avatarImageId).toBeUndefined();
    await update({ avatarImageId }, "avatar_image_id");
    expect((await update({}, "avatar_image_id")).avatarImageId).toBeUndefined();
  });

  test("does not call images when the mask omits the avatar", async () => {
    const asked = service.images.asked();
    await update({ avatarImageId: newId(), bio: "x" }, "bio");
    expect(service.images.asked()).toBe(asked);
  });

  test("fails with AVATAR_NOT_USABLE for an image that is missing, another user's, or not ready", async () => {
    const imageIds = [
      newId(),
      service.images.put({ ownerId: newId() }),
      service.images.put({ ownerId: ada.user.id, state: ImageState.PROCESSING }),
      service.images.put({ ownerId: ada.user.id, state: ImageState.FAILED }),
    ];
    for (const avatarImageId of imageIds) {
      const call = update({ avatarImageId, bio: "x" }, "avatar_image_id", "bio");
      await expect(call).rejects.toMatchObject({
        reason: "AVATAR_NOT_USABLE",
        code: status.FAILED_PRECONDITION,
        metadata: { image_id: avatarImageId },
      });
    }
    expect((await service.client.getUser({ id: ada.user.id }, contextFor())).bio).toBe("");
  });

  test("fails with ETAG_MISMATCH if the profile changes while images is called", async () => {
    const avatarImageId = service.images.put({ ownerId: ada.user.id });
    service.images.beforeNextAnswer(() => update({ bio: "meanwhile" }, "bio"));
    const call = update({ avatarImageId, etag: ada.user.etag }, "avatar_image_id");
    await expect(call).rejects.toMatchObject({ reason: "ETAG_MISMATCH" });
    const now = await service.client.getUser({ id: ada.user.id }, contextFor());
    expect(now.bio).toBe("meanwhile");
    expect(now.avatarImageId).toBeUndefined();
  });

  test("fails with UNAUTHENTICATED if the session ends while images is called", async () => {
    const avatarImageId = service.images.put({ ownerId: ada.user.id });
    service.images.beforeNextAnswer(() =>
      service.client.deleteSession({ id: ada.sessionId }, ada.context()),
    );
    const call = update({ avatarImageId }, "avatar_image_id");
    await expect(call).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
  });

  test("fails with DEPENDENCY_UNAVAILABLE if images is down, and changes nothing", async () => {
    const avatarImageId = service.images.put({ ownerId: ada.user.id });
    await service.images.stop();
    const call = update({ avatarImageId, bio: "x" }, "avatar_image_id", "bio");
    await expect(call).rejects.toMatchObject({
      reason: "DEPENDENCY_UNAVAILABLE",
      code: status.UNAVAILABLE,
      metadata: { service: "images" },
      retryAfterMs: expect.any(Number),
    });
    expect(await update({ bio: "y" }, "bio")).toMatchObject({ bio: "y" });
  });
});
