import { createDatabase, type Database } from "@triptych/chassis/database/database";
import { newId } from "@triptych/chassis/ids/new-id";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { type Comments, createComments } from "#domain/comments.ts";
import { createCommentRepository } from "#repository/comment-repository.ts";
import { findWrongCounters } from "./wrong-counters.ts";

/** More writers than connections: some wait for a connection, the others for each other's locks. */
const WRITERS = 64;
const POOL_MAX = 10;
/** No call here has a deadline: a slow machine must not decide what is written. */
const TIMEOUT_MS = 60_000;

const AUTHOR_ID = newId();

let resources: AsyncDisposableStack;
let database: Database;
let comments: Comments;
let imageId: string;

beforeAll(async () => {
  resources = new AsyncDisposableStack();
  const migrations = new URL("../migrations/", import.meta.url);
  const { url } = resources.use(await createTestDatabase({ migrations }));
  const options = { url, applicationName: "test", poolMax: POOL_MAX, readAttemptsMax: 4 };
  const timeouts = { acquireTimeoutMs: TIMEOUT_MS, statementTimeoutMs: TIMEOUT_MS };
  database = resources.adopt(createDatabase({ ...options, ...timeouts }), (it) => it.close());
  comments = createComments({
    repository: createCommentRepository(database),
    images: { findImage: async () => ({ ownerId: AUTHOR_ID, commentsOpen: true }) },
    clock: () => new Date(),
  });
});
afterAll(() => resources.disposeAsync());
beforeEach(() => {
  imageId = newId();
});

function write(parentId?: string) {
  const newComment = { authorId: AUTHOR_ID, imageId, parentId, body: "a comment" };
  return comments.createComment(newComment, contextFor());
}

function remove(id: string) {
  return comments.deleteComment({ id, userId: AUTHOR_ID, etag: undefined }, contextFor());
}

async function countOfImage(): Promise<number | undefined> {
  return (await comments.batchGetCommentCounts([imageId], contextFor())).get(imageId);
}

describe("64 writers at once on one image", () => {
  test("write comments, and each is counted", async () => {
    const written = await Promise.all(Array.from({ length: WRITERS }, () => write()));
    expect(new Set(written.map(({ id }) => id)).size).toBe(WRITERS);
    expect(await countOfImage()).toBe(WRITERS);
    expect(await findWrongCounters(database, imageId)).toEqual([]);
  });

  test("reply to one comment, and each is counted by the parent and the image", async () => {
    const { id: parentId } = await write();
    await Promise.all(Array.from({ length: WRITERS }, () => write(parentId)));
    expect(await comments.getComment(parentId, contextFor())).toMatchObject({
      replyCount: WRITERS,
    });
    expect(await countOfImage()).toBe(WRITERS + 1);
    expect(await findWrongCounters(database, imageId)).toEqual([]);
  });

  test("reply to one another, and delete what they wrote, and nothing is counted in the end", async () => {
    const { id: topId } = await write();
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        const { id } = await write(topId);
        const reply = await write(id);
        await Promise.all([remove(id), remove(reply.id)]);
      }),
    );
    await remove(topId);
    expect(await countOfImage()).toBe(0);
    const { items } = await comments.listComments(
      { imageId, order: "oldest", after: undefined, limit: 100 },
      contextFor(),
    );
    expect(items).toEqual([]);
    expect(await findWrongCounters(database, imageId)).toEqual([]);
  });
});
