import { status } from "@grpc/grpc-js";
import { newId, slotOf } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

let service: CommentsUnderTest;
let author: TestUser;
let imageId: string;

beforeAll(async () => {
  service = await startComments();
  author = await service.signIn();
  imageId = service.images.put({ ownerId: newId() });
});
afterAll(() => service[Symbol.asyncDispose]());

describe("CreateComment", () => {
  test("answers the comment that GetComment then answers too", async () => {
    const body = "first line\n\nsecond 🖼";
    const created = await service.write(author, imageId, { body });
    expect(created).toMatchObject({
      imageId,
      authorId: author.id,
      body,
      depth: 1,
      replyCount: 0,
      edited: false,
      deleted: false,
    });
    expect(created.parentId).toBeUndefined();
    expect(created.createTime).toEqual(created.updateTime);
    expect(await service.client.getComment({ id: created.id }, contextFor())).toEqual(created);
  });

  test("creates an id in the slot of its image, so that the id leads to the shard", async () => {
    expect(slotOf((await service.write(author, imageId)).id)).toBe(slotOf(imageId));
  });

  test("counts a reply at its parent, and changes neither the parent's etag nor its times", async () => {
    const parent = await service.write(author, imageId);
    const reply = await service.write(await service.signIn(), imageId, { parentId: parent.id });
    expect(reply).toMatchObject({ parentId: parent.id, depth: 2 });
    const { replyCount, ...rest } = await service.client.getComment(
      { id: parent.id },
      contextFor(),
    );
    expect(replyCount).toBe(1);
    expect({ ...rest, replyCount: 0 }).toEqual(parent);
  });

  test("fails with TOO_DEEP for a reply to a comment of depth 8", async () => {
    let parent = await service.write(author, imageId);
    while (parent.depth < 8) {
      parent = await service.write(author, imageId, { parentId: parent.id });
    }
    await expect(service.write(author, imageId, { parentId: parent.id })).rejects.toMatchObject({
      reason: "TOO_DEEP",
      code: status.FAILED_PRECONDITION,
      domain: "comments.triptych",
    });
  });

  test("fails with PARENT_NOT_FOUND if the parent is unknown, on another image, or a tombstone", async () => {
    const otherImageId = service.images.put({ ownerId: author.id });
    const elsewhere = await service.write(author, otherImageId);
    const tombstone = await service.write(author, imageId);
    await service.write(author, imageId, { parentId: tombstone.id });
    await service.client.deleteComment({ id: tombstone.id }, author.context());
    for (const parentId of [newId(), elsewhere.id, tombstone.id]) {
      await expect(service.write(author, imageId, { parentId })).rejects.toMatchObject({
        reason: "PARENT_NOT_FOUND",
        metadata: { parent_id: parentId },
      });
    }
  });

  test("fails with COMMENTS_CLOSED for everyone, the image's owner too", async () => {
    const closedId = service.images.put({ ownerId: author.id, commentsOpen: false });
    for (const user of [author, await service.signIn()]) {
      await expect(service.write(user, closedId)).rejects.toMatchObject({
        reason: "COMMENTS_CLOSED",
        code: status.PERMISSION_DENIED,
      });
    }
  });

  test("fails with IMAGE_NOT_FOUND if there is no such image", async () => {
    await expect(service.write(author, newId())).rejects.toMatchObject({
      reason: "IMAGE_NOT_FOUND",
      code: status.NOT_FOUND,
    });
  });

  test("fails with UNAUTHENTICATED without a token, and with a bad one", async () => {
    const caller = {
      kind: "user",
      userId: author.id,
      sessionId: "s",
      operator: false,
      token: "made.up.token",
    } as const;
    for (const context of [contextFor(), contextFor(caller)]) {
      const call = service.client.createComment({ imageId, body: "a" }, context);
      await expect(call).rejects.toMatchObject({
        reason: "UNAUTHENTICATED",
        code: status.UNAUTHENTICATED,
      });
    }
  });

  test("names every bad field at once, and does not call images", async () => {
    const asked = service.images.asked();
    const request = { imageId: "nope", parentId: "", body: " \n" };
    const call = service.client.createComment(request, author.context());
    await expect(call).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      code: status.INVALID_ARGUMENT,
      violations: [{ field: "image_id" }, { field: "parent_id" }, { field: "body" }],
    });
    expect(service.images.asked()).toBe(asked);
  });

  test.each([
    ["an id in upper case", { imageId: newId().toUpperCase() }, "image_id"],
    ["a body of 2,001 characters", { body: "🖼".repeat(2_001) }, "body"],
    ["a body with NUL", { body: "a\0b" }, "body"],
    ["no body", { body: "" }, "body"],
  ])("fails with INVALID_ARGUMENT for %s", async (_what, fields, field) => {
    const request = { imageId, body: "fine", ...fields };
    const call = service.client.createComment(request, author.context());
    await expect(call).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [{ field }],
    });
  });

  test("accepts a body of 2,000 characters of four bytes each", async () => {
    const body = "🖼".repeat(2_000);
    expect(await service.write(author, imageId, { body })).toMatchObject({ body });
  });
});
