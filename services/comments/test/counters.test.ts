import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { newId } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";
import { findWrongCounters } from "./wrong-counters.ts";

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
  const answer = await service.client.batchGetCommentCounts({ imageIds: [id] }, contextFor());
  return answer.counts[0]?.count;
}

function remove(id: string) {
  return service.client.deleteComment({ id }, author.context());
}

/** Returns the outcome of each of several concurrent calls: OK, or the reason of its failure. */
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

  test("answers each image once, with 0 for an image without comments", async () => {
    await service.write(author, imageId);
    const none = newId();
    const request = { imageIds: [imageId, none, imageId] };
    const { counts } = await service.client.batchGetCommentCounts(request, contextFor());
    expect(counts.map((each) => [each.imageId, each.count])).toEqual([
      [imageId, 1],
      [none, 0],
    ]);
  });

  test("does not call images", async () => {
    const asked = service.images.asked();
    await countOf(imageId);
    expect(service.images.asked()).toBe(asked);
  });

  test("fails with INVALID_ARGUMENT for a malformed id, for no id, and for more than 200 ids", async () => {
    const batches: [string[], string][] = [
      [[newId(), "x"], "image_ids[1]"],
      [[], "image_ids"],
      [Array.from({ length: 201 }, newId), "image_ids"],
    ];
    for (const [imageIds, field] of batches) {
      const call = service.client.batchGetCommentCounts({ imageIds }, contextFor());
      await expect(call).rejects.toMatchObject({
        reason: "INVALID_ARGUMENT",
        violations: [{ field }],
      });
    }
  });
});

describe("the counters of replies and comments", () => {
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
      const listed = service.client.listReplies({ commentId: parentId }, contextFor());
      if (written > 0) expect((await listed).comments).toHaveLength(written);
      else await expect(listed).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    }
    expect(await findWrongCounters(service.database, imageId)).toEqual([]);
  });

  test("agree with the rows when a tombstone loses its last reply while others reply to that", async () => {
    for (let round = 0; round < 10; round++) {
      const { id: topId } = await service.write(author, imageId);
      const { id: lastId } = await service.write(author, imageId, { parentId: topId });
      await remove(topId);
      const [deleted, reply] = await outcomesOf([
        remove(lastId),
        service.write(author, imageId, { parentId: lastId }),
      ]);
      expect(deleted).toBe("OK");
      const top = service.client.getComment({ id: topId }, contextFor());
      if (reply === "OK") expect(await top).toMatchObject({ deleted: true, replyCount: 1 });
      else await expect(top).rejects.toMatchObject({ reason: "COMMENT_NOT_FOUND" });
    }
    expect(await findWrongCounters(service.database, imageId)).toEqual([]);
  });

  test("are 0 after a whole thread was deleted by concurrent calls", async () => {
    const ids: string[] = [];
    for (let depth = 1; depth <= 8; depth++) {
      const parentId = ids.at(-1);
      const options = parentId === undefined ? {} : { parentId };
      ids.push((await service.write(author, imageId, options)).id);
      if (depth > 1) ids.splice(-1, 0, (await service.write(author, imageId, options)).id);
    }
    expect(new Set(await outcomesOf(ids.map(remove)))).toEqual(new Set(["OK"]));
    const { comments } = await service.client.listComments({ imageId }, contextFor());
    expect(comments).toEqual([]);
    expect(await countOf(imageId)).toBe(0);
    expect(await findWrongCounters(service.database, imageId)).toEqual([]);
  });

  test("subtract a comment once when three calls delete it at once", async () => {
    const { id } = await service.write(author, imageId);
    await service.write(author, imageId);
    const outcomes = await outcomesOf([remove(id), remove(id), remove(id)]);
    expect(outcomes.sort()).toEqual(["COMMENT_NOT_FOUND", "COMMENT_NOT_FOUND", "OK"]);
    expect(await countOf(imageId)).toBe(1);
  });

  test("are found wrong by findWrongCounters after they were spoilt (control)", async () => {
    const { id: parentId } = await service.write(author, imageId);
    await service.write(author, imageId, { parentId });
    const spoil = [
      "update comments set reply_count = reply_count + 7 where image_id = $1 and parent_id is null",
      "update image_comment_counts set count = count + 7 where image_id = $1",
    ];
    await service.database.for(imageId).transaction(async (connection) => {
      for (const text of spoil) await connection.execute(text, [imageId]);
    });
    const wrong = await findWrongCounters(service.database, imageId);
    expect(wrong).toEqual([
      { id: parentId, count: 8, rows: 1 },
      { id: imageId, count: 9, rows: 2 },
    ]);
  });
});
