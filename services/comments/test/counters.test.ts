import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { newId } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { recountComments } from "#repository/recount-comments.ts";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

const NEVER = new AbortController().signal;

let service: CommentsUnderTest;
let author: TestUser;
let imageId: string;

beforeAll(async () => {
  service = await startComments();
  author = await service.signIn();
});
afterAll(() => service[Symbol.asyncDispose]());
beforeEach(() => {
  imageId = service.images.put({ ownerId: newId() });
});

async function countOf(id: string): Promise<number | undefined> {
  service.comments.invalidate("batchGetCommentCounts");
  const answer = await service.comments.batchGetCommentCounts({ imageIds: [id] }, contextFor());
  return answer.counts[0]?.count;
}

function remove(id: string) {
  return service.comments.deleteComment({ id }, author.context());
}

/** What became of calls that were made at once; a failure by its reason. */
async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => {
    if (outcome.status === "fulfilled") return "OK";
    return outcome.reason instanceof RpcError ? outcome.reason.reason : String(outcome.reason);
  });
}

describe("BatchGetCommentCounts", () => {
  test("counts comments and replies, and no tombstones", async () => {
    const comment = await service.write(author, imageId);
    const reply = await service.write(author, imageId, { parentId: comment.id });
    expect(await countOf(imageId)).toBe(2);
    await remove(comment.id);
    expect(await countOf(imageId)).toBe(1);
    await remove(reply.id);
    expect(await countOf(imageId)).toBe(0);
  });

  test("answers each image once, and 0 for one without comments", async () => {
    await service.write(author, imageId);
    const none = newId();
    const request = { imageIds: [imageId, none, imageId] };
    const { counts } = await service.comments.batchGetCommentCounts(request, contextFor());
    expect(counts.map((each) => [each.imageId, each.count])).toEqual([
      [imageId, 1],
      [none, 0],
    ]);
  });

  test("asks images for nothing", async () => {
    const asked = service.images.asked();
    await countOf(imageId);
    expect(service.images.asked()).toBe(asked);
  });

  test("fails with INVALID_ARGUMENT for what is no id, for none, and for more than 200", async () => {
    const batches: [string[], string][] = [
      [[newId(), "x"], "image_ids[1]"],
      [[], "image_ids"],
      [Array.from({ length: 201 }, newId), "image_ids"],
    ];
    for (const [imageIds, field] of batches) {
      const call = service.comments.batchGetCommentCounts({ imageIds }, contextFor());
      await expect(call).rejects.toMatchObject({
        reason: "INVALID_ARGUMENT",
        violations: [{ field }],
      });
    }
  });
});

describe("the counters", () => {
  test("miss none of the replies that are written at once", async () => {
    const { id: parentId } = await service.write(author, imageId);
    const replies = Array.from({ length: 20 }, () => service.write(author, imageId, { parentId }));
    await Promise.all(replies);
    const parent = await service.comments.getComment({ id: parentId }, contextFor());
    expect(parent.replyCount).toBe(20);
    expect(await countOf(imageId)).toBe(21);
    expect(await recountComments(service.database, imageId, NEVER)).toBe(0);
  });

  test("agree with the rows when a comment is deleted while others reply to it", async () => {
    for (let round = 0; round < 10; round++) {
      const { id: parentId } = await service.write(author, imageId);
      const [deleted, ...replies] = await outcomesOf([
        remove(parentId),
        ...Array.from({ length: 3 }, () => service.write(author, imageId, { parentId })),
      ]);
      expect(deleted).toBe("OK");
      const written = replies.filter((outcome) => outcome === "OK").length;
      const lost = replies.filter((outcome) => outcome === "PARENT_NOT_FOUND").length;
      expect(written + lost).toBe(3);
      const listed = service.comments.listReplies({ commentId: parentId }, contextFor());
      if (written > 0) expect((await listed).comments).toHaveLength(written);
      else await expect(listed).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    }
    expect(await recountComments(service.database, imageId, NEVER)).toBe(0);
  });

  test("come to nothing when a whole thread is deleted at once, in any order", async () => {
    const ids: string[] = [];
    for (let depth = 1; depth <= 8; depth++) {
      const parentId = ids.at(-1);
      const options = parentId === undefined ? {} : { parentId };
      ids.push((await service.write(author, imageId, options)).id);
      if (depth > 1) ids.splice(-1, 0, (await service.write(author, imageId, options)).id);
    }
    expect(new Set(await outcomesOf(ids.map(remove)))).toEqual(new Set(["OK"]));
    const { comments } = await service.comments.listComments({ imageId }, contextFor());
    expect(comments).toEqual([]);
    expect(await countOf(imageId)).toBe(0);
    expect(await recountComments(service.database, imageId, NEVER)).toBe(0);
  });

  test("count a comment once that is deleted twice at once", async () => {
    const { id } = await service.write(author, imageId);
    await service.write(author, imageId);
    const outcomes = await outcomesOf([remove(id), remove(id), remove(id)]);
    expect(outcomes.sort()).toEqual(["COMMENT_NOT_FOUND", "COMMENT_NOT_FOUND", "OK"]);
    expect(await countOf(imageId)).toBe(1);
  });

  test("are put right by a recount, and only where they were wrong", async () => {
    const { id: parentId } = await service.write(author, imageId);
    await service.write(author, imageId, { parentId });
    const shard = service.database.for(imageId);
    const spoil = [
      "update comments set reply_count = reply_count + 7 where image_id = $1 and parent_id is null",
      "update image_comment_counts set count = count + 7 where image_id = $1",
    ];
    await shard.transaction(async (connection) => {
      for (const text of spoil) await connection.execute(text, [imageId]);
    });
    expect(await countOf(imageId)).toBe(9);
    expect(await recountComments(service.database, imageId, NEVER)).toBe(2);
    expect(await countOf(imageId)).toBe(2);
    expect(await service.comments.getComment({ id: parentId }, contextFor())).toMatchObject({
      replyCount: 1,
    });
    expect(await recountComments(service.database, imageId, NEVER)).toBe(0);
  });
});
