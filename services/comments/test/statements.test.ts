import { newId } from "@triptych/chassis/ids/new-id";
import type { NewComment } from "#domain/comment-changes.ts";
import { type Comments, createComments } from "#domain/comments.ts";
import { createCommentRepository } from "#repository/comment-repository.ts";
import { type CountedDatabase, countStatements } from "./count-statements.ts";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

let service: CommentsUnderTest;
let author: TestUser;
let counted: CountedDatabase;
let comments: Comments;
let imageId: string;

beforeAll(async () => {
  service = await startComments();
  author = await service.signIn();
  imageId = newId();
  counted = countStatements(service.database);
  comments = createComments({
    repository: createCommentRepository(counted.database),
    images: { findImage: async () => ({ ownerId: author.id, commentsOpen: true }) },
    clock: () => new Date(),
  });
});
afterAll(() => service[Symbol.asyncDispose]());

function write(parentId?: string) {
  const newComment: NewComment = { authorId: author.id, imageId, parentId, body: "a comment" };
  return comments.createComment(newComment, author.context());
}

/** Writes a thread in which each comment replies to the one before. Clears the record. */
async function writeThread(depth: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < depth) ids.push((await write(ids.at(-1))).id);
  counted.takeStatements();
  return ids;
}

function remove(id: string) {
  return comments.deleteComment({ id, userId: author.id, etag: undefined }, author.context());
}

describe("the round trips to Postgres", () => {
  test("of CreateComment are one, for a top-level comment and for a reply", async () => {
    const { id } = await write();
    expect(counted.takeStatements()).toEqual(["insert_comments_unlocked"]);
    await write(id);
    expect(counted.takeStatements()).toEqual(["insert_comments_unlocked"]);
  });

  test("of CreateComment are one if the parent refuses the reply", async () => {
    const ids = await writeThread(8);
    await expect(write(newId())).rejects.toMatchObject({ reason: "PARENT_NOT_FOUND" });
    await expect(write(ids.at(-1))).rejects.toMatchObject({ reason: "TOO_DEEP" });
    expect(counted.takeStatements()).toEqual([
      "insert_comments_unlocked",
      "insert_comments_unlocked",
    ]);
  });

  test("of UpdateComment are a read and a transaction on the locked row", async () => {
    const [id = ""] = await writeThread(1);
    const edit = { id, userId: author.id, body: "edited", etag: undefined };
    await comments.updateComment(edit, author.context());
    expect(counted.takeStatements()).toEqual([
      "select_comment",
      "begin",
      "lock_comment",
      "update_comment",
      "commit",
    ]);
  });

  test("of DeleteComment are a read and a transaction, which changes one column of the parent", async () => {
    const [, id = ""] = await writeThread(2);
    await remove(id);
    expect(counted.takeStatements()).toEqual([
      "select_comment",
      "begin",
      "lock_comment",
      "delete_comment",
      "lock_comment",
      "decrement_reply_count",
      "decrement_comment_count",
      "commit",
    ]);
  });
});
