import { status } from "@grpc/grpc-js";
import { newId } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

let service: CommentsUnderTest;
let author: TestUser;
let owner: TestUser;
let imageId: string;

beforeAll(async () => {
  service = await startComments();
  author = await service.signIn();
  owner = await service.signIn();
  imageId = service.images.put({ ownerId: owner.id });
});
afterAll(() => service[Symbol.asyncDispose]());

interface Edit {
  readonly id: string;
  readonly body?: string;
  readonly etag?: string;
}

function edit(user: TestUser, { id, body = "edited", etag = "" }: Edit, paths = ["body"]) {
  const request = { comment: { id, body, etag }, updateMask: { paths } };
  return service.client.updateComment(request, user.context());
}

async function writeTombstone() {
  const comment = await service.write(author, imageId);
  const reply = await service.write(author, imageId, { parentId: comment.id });
  await service.client.deleteComment({ id: comment.id }, author.context());
  return { comment, reply };
}

function get(id: string) {
  return service.client.getComment({ id }, contextFor());
}

describe("UpdateComment", () => {
  test("changes the body, and marks the comment as edited", async () => {
    const comment = await service.write(author, imageId);
    const edited = await edit(author, { id: comment.id, body: "better\nsaid", etag: comment.etag });
    expect(edited).toMatchObject({ id: comment.id, body: "better\nsaid", edited: true });
    expect(edited.createTime).toEqual(comment.createTime);
    expect(edited.etag).not.toBe(comment.etag);
    expect(await get(comment.id)).toEqual(edited);
  });

  test("fails with NOT_COMMENT_AUTHOR for anyone else, the image's owner too", async () => {
    const { id } = await service.write(author, imageId);
    await expect(edit(owner, { id })).rejects.toMatchObject({
      reason: "NOT_COMMENT_AUTHOR",
      code: status.PERMISSION_DENIED,
    });
  });

  test("fails with EDIT_WINDOW_OVER after 15 minutes, and not before", async () => {
    const { id } = await service.write(author, imageId);
    service.advanceClock(14 * 60_000);
    await edit(author, { id });
    service.advanceClock(60_001);
    await expect(edit(author, { id })).rejects.toMatchObject({
      reason: "EDIT_WINDOW_OVER",
      code: status.PERMISSION_DENIED,
    });
  });

  test("fails with ETAG_MISMATCH for the second of two edits with one etag", async () => {
    const { id, etag } = await service.write(author, imageId);
    const outcomes = await Promise.allSettled([
      edit(author, { id, etag, body: "one" }),
      edit(author, { id, etag, body: "two" }),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failed).toMatchObject([{ reason: { reason: "ETAG_MISMATCH", code: status.ABORTED } }]);
  });

  test("accepts the etag of before a reply", async () => {
    const { id, etag } = await service.write(author, imageId);
    await service.write(owner, imageId, { parentId: id });
    expect(await edit(author, { id, etag })).toMatchObject({ body: "edited", replyCount: 1 });
  });

  test("works after the owner has closed the comments", async () => {
    const closedId = service.images.put({ ownerId: owner.id });
    const { id } = await service.write(author, closedId);
    service.images.put({ ownerId: owner.id, commentsOpen: false }, closedId);
    expect(await edit(author, { id })).toMatchObject({ edited: true });
    await service.client.deleteComment({ id }, author.context());
  });

  test("fails with COMMENT_NOT_FOUND for a tombstone and for an unknown id", async () => {
    const { comment } = await writeTombstone();
    for (const id of [comment.id, newId()]) {
      await expect(edit(author, { id })).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    }
  });

  test.each([
    ["no path", []],
    ["an unknown path", ["body", "nope"]],
    ["a path that cannot be changed", ["author_id"]],
  ])("fails with INVALID_ARGUMENT for an update mask with %s", async (_what, paths) => {
    const { id } = await service.write(author, imageId);
    await expect(edit(author, { id }, paths)).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [{ field: "update_mask" }],
    });
  });

  test("names every bad field at once", async () => {
    await expect(edit(author, { id: "x", body: "" }, ["x"])).rejects.toMatchObject({
      violations: [{ field: "update_mask" }, { field: "comment.id" }, { field: "comment.body" }],
    });
  });

  test("fails with UNAUTHENTICATED without a token", async () => {
    const { id } = await service.write(author, imageId);
    const request = { comment: { id, body: "a" }, updateMask: { paths: ["body"] } };
    await expect(service.client.updateComment(request, contextFor())).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
    });
  });
});

describe("DeleteComment", () => {
  test("deletes a comment without replies, and subtracts it from its parent's count", async () => {
    const parent = await service.write(author, imageId);
    const reply = await service.write(author, imageId, { parentId: parent.id });
    await service.client.deleteComment({ id: reply.id }, author.context());
    await expect(get(reply.id)).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    expect(await get(parent.id)).toEqual(parent);
  });

  test("answers the id of the image", async () => {
    const parent = await service.write(author, imageId);
    const reply = await service.write(author, imageId, { parentId: parent.id });
    for (const { id } of [parent, reply]) {
      const answer = await service.client.deleteComment({ id }, author.context());
      expect(answer).toMatchObject({ imageId });
    }
  });

  test("turns a comment with replies into a tombstone", async () => {
    const { comment, reply } = await writeTombstone();
    const tombstone = await get(comment.id);
    expect(tombstone).toMatchObject({ deleted: true, body: "", authorId: "", replyCount: 1 });
    expect(tombstone.etag).not.toBe(comment.etag);
    expect(await get(reply.id)).toEqual(reply);
  });

  test("deletes tombstones upward with the last reply below them", async () => {
    const top = await service.write(author, imageId);
    const middle = await service.write(author, imageId, { parentId: top.id });
    const bottom = await service.write(author, imageId, { parentId: middle.id });
    for (const { id } of [middle, top]) {
      await service.client.deleteComment({ id }, author.context());
    }
    expect(await get(top.id)).toMatchObject({ deleted: true, replyCount: 1 });
    await service.client.deleteComment({ id: bottom.id }, author.context());
    for (const { id } of [bottom, middle, top]) {
      await expect(get(id)).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    }
  });

  test("spares a live parent, and a tombstone with other replies", async () => {
    const alive = await service.write(author, imageId);
    const tombstone = await service.write(author, imageId, { parentId: alive.id });
    const first = await service.write(author, imageId, { parentId: tombstone.id });
    const second = await service.write(author, imageId, { parentId: tombstone.id });
    await service.client.deleteComment({ id: tombstone.id }, author.context());
    await service.client.deleteComment({ id: first.id }, author.context());
    expect(await get(tombstone.id)).toMatchObject({ deleted: true, replyCount: 1 });
    await service.client.deleteComment({ id: second.id }, author.context());
    await expect(get(tombstone.id)).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    expect(await get(alive.id)).toMatchObject({ deleted: false, replyCount: 0 });
  });

  test("is allowed to the author at any time, and to the image's owner", async () => {
    const old = await service.write(author, imageId);
    service.advanceClock(24 * 60 * 60_000);
    await service.client.deleteComment({ id: old.id }, author.context());
    const { id } = await service.write(author, imageId);
    await service.client.deleteComment({ id }, owner.context());
    await expect(get(id)).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
  });

  test("fails with NOT_COMMENT_AUTHOR for anyone else", async () => {
    const { id } = await service.write(author, imageId);
    const stranger = await service.signIn();
    const call = service.client.deleteComment({ id }, stranger.context());
    await expect(call).rejects.toMatchObject({ reason: "NOT_COMMENT_AUTHOR" });
  });

  test("fails with ETAG_MISMATCH if the comment was edited meanwhile", async () => {
    const { id, etag } = await service.write(author, imageId);
    const edited = await edit(author, { id });
    const call = service.client.deleteComment({ id, etag }, author.context());
    await expect(call).rejects.toMatchObject({ reason: "ETAG_MISMATCH" });
    await service.client.deleteComment({ id, etag: edited.etag }, author.context());
  });

  test("fails with COMMENT_NOT_FOUND for a tombstone and for a deleted comment", async () => {
    const { comment, reply } = await writeTombstone();
    await service.client.deleteComment({ id: reply.id }, author.context());
    for (const { id } of [comment, reply]) {
      const call = service.client.deleteComment({ id }, author.context());
      await expect(call).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    }
  });

  test("fails with INVALID_ARGUMENT for a malformed id, with UNAUTHENTICATED without a token", async () => {
    await expect(service.client.deleteComment({ id: "1" }, author.context())).rejects.toMatchObject(
      { reason: "INVALID_ARGUMENT", violations: [{ field: "id" }] },
    );
    await expect(service.client.deleteComment({ id: newId() }, contextFor())).rejects.toMatchObject(
      { reason: "UNAUTHENTICATED" },
    );
  });
});
