import { createDatabase, type Database } from "@triptych/chassis/database/database";
import { newId } from "@triptych/chassis/ids/new-id";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { toUnplaced } from "#domain/comment.ts";
import { type Comments, createComments } from "#domain/comments.ts";
import { createCommentRepository } from "#repository/comment-repository.ts";
import { insertWaiting } from "#repository/insert-comments.ts";
import { type CountedDatabase, countStatements } from "./count-statements.ts";
import { findWrongCounters } from "./wrong-counters.ts";

const WRITERS = 64;
const POOL_MAX = 10;
/** No call here has a deadline: a slow machine must not decide what is written. */
const TIMEOUT_MS = 60_000;
const AUTHOR_ID = newId();
const TEXTS = ['"', "\\", "{}", ",", "NULL", "null", "a\nb", "🖼", "'; drop table comments", " a "];

let resources: AsyncDisposableStack;
let database: Database;
let counted: CountedDatabase;
let comments: Comments;

beforeAll(async () => {
  resources = new AsyncDisposableStack();
  const migrations = new URL("../migrations/", import.meta.url);
  const { url } = resources.use(await createTestDatabase({ migrations }));
  const options = { url, applicationName: "test", poolMax: POOL_MAX, readAttemptsMax: 4 };
  const timeouts = { acquireTimeoutMs: TIMEOUT_MS, statementTimeoutMs: TIMEOUT_MS };
  database = resources.adopt(createDatabase({ ...options, ...timeouts }), (it) => it.close());
  counted = countStatements(database);
  comments = createComments({
    repository: createCommentRepository(counted.database),
    images: { findImage: async () => ({ ownerId: AUTHOR_ID, commentsOpen: true }) },
    clock: () => new Date(),
  });
});
afterAll(() => resources.disposeAsync());

interface Fields {
  readonly parentId?: string;
  readonly body?: string;
}

function write(imageId: string, { parentId, body = "a comment" }: Fields = {}) {
  const newComment = { authorId: AUTHOR_ID, imageId, parentId, body };
  return comments.createComment(newComment, contextFor());
}

function unplaced(imageId: string) {
  const fields = { imageId, authorId: AUTHOR_ID, parentId: undefined, body: "a comment" };
  return toUnplaced({ ...fields, id: newId() }, new Date());
}

/** Locks a row while `work` runs, which is given the connection that holds the lock. */
function whileLocked<Result>(
  lock: { readonly text: string; readonly values: readonly unknown[] },
  work: (isWaitedFor: () => Promise<boolean>) => Promise<Result>,
): Promise<Result> {
  return database.for("").transaction(async (connection) => {
    await connection.execute(lock.text, lock.values);
    return await work(async () => {
      const text = `select 1 from pg_locks
        where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
      return (await connection.execute(text)).rowCount > 0;
    });
  });
}

const counterOf = (imageId: string) => ({
  text: "select from image_comment_counts where image_id = $1 for update",
  values: [imageId],
});
const comment = (id: string) => ({
  text: "select from comments where id = $1 for update",
  values: [id],
});

describe("comments that arrive together", () => {
  test("are written by two statements if the database is idle, on one image or on many", async () => {
    const one = newId();
    for (const imageOf of [() => one, () => newId()]) {
      counted.takeStatements();
      const written = await Promise.all(Array.from({ length: WRITERS }, () => write(imageOf())));
      expect(counted.takeStatements()).toEqual([
        "insert_comments_unlocked",
        "insert_comments_unlocked",
      ]);
      for (const { imageId } of written) {
        expect(await findWrongCounters(database, imageId)).toEqual([]);
      }
    }
  });

  test("each have their own text", async () => {
    const imageId = newId();
    const written = await Promise.all(TEXTS.map((body) => write(imageId, { body })));
    for (const [index, { id }] of written.entries()) {
      const found = await comments.getComment(id, contextFor());
      expect(found).toEqual(written[index]);
      expect(found.body).toBe(TEXTS[index]);
    }
  });

  test("each have their own outcome", async () => {
    const imageId = newId();
    const ids: string[] = [];
    while (ids.length < 8) {
      const parentId = ids.at(-1);
      ids.push((await write(imageId, parentId === undefined ? {} : { parentId })).id);
    }
    const [top = "", second = ""] = ids;
    const outcomes = await Promise.allSettled([
      write(imageId),
      write(imageId, { parentId: newId() }),
      write(imageId, { parentId: top }),
      write(newId(), { parentId: top }),
      write(imageId, { parentId: second }),
      write(imageId, { parentId: ids.at(-1) ?? "" }),
      write(imageId, { parentId: top }),
    ]);
    const results = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value.depth : outcome.reason.reason,
    );
    expect(results).toEqual([1, "PARENT_NOT_FOUND", 2, "PARENT_NOT_FOUND", 3, "TOO_DEEP", 2]);
    expect(await comments.getComment(top, contextFor())).toMatchObject({ replyCount: 3 });
    expect(await findWrongCounters(database, imageId)).toEqual([]);
  });

  test("are written although one of them breaks a constraint, and only that one fails", async () => {
    const imageId = newId();
    const outcomes = await Promise.allSettled([
      write(imageId),
      write(imageId),
      write(imageId, { body: "x".repeat(2_001) }),
      write(imageId),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { constraint: "comments_live_or_tombstone" } });
    expect(await findWrongCounters(database, imageId)).toEqual([]);
  });
});

describe("a row that another transaction holds", () => {
  test("delays the comments on that row, and no others", async () => {
    const [held, free] = [newId(), newId()];
    const { id: parentId } = await write(held);
    await write(free);
    for (const lock of [counterOf(held), comment(parentId)]) {
      const isParent = lock.text.includes("from comments");
      const late: Promise<unknown>[] = [];
      await whileLocked(lock, async (isWaitedFor) => {
        const fields = isParent ? { parentId } : {};
        const first = write(free);
        late.push(write(held, fields), write(held, fields));
        await Promise.all([first, write(free), write(newId())]);
        if (isParent) await write(held);
        await eventually(isWaitedFor);
        await write(free);
      });
      await Promise.all(late);
    }
    expect(await findWrongCounters(database, held)).toEqual([]);
    expect(await findWrongCounters(database, free)).toEqual([]);
  });

  test("would delay every comment of a batch that waits for it (control)", async () => {
    const [held, free] = [newId(), newId()];
    await write(held);
    const inserted = await whileLocked(counterOf(held), async (isWaitedFor) => {
      const batch = insertWaiting(
        database,
        [unplaced(held), unplaced(free)],
        new AbortController().signal,
      );
      await eventually(isWaitedFor);
      expect((await comments.batchGetCommentCounts([free], contextFor())).get(free)).toBe(0);
      return { batch };
    });
    expect(await inserted.batch).toHaveLength(2);
    expect((await comments.batchGetCommentCounts([free], contextFor())).get(free)).toBe(1);
  });

  test("lets the comments on it gather: at least five of 64 share a commit", async () => {
    const imageId = newId();
    await write(imageId);
    counted.takeStatements();
    const late: Promise<unknown>[] = [];
    await whileLocked(counterOf(imageId), async (isWaitedFor) => {
      late.push(write(imageId));
      await eventually(isWaitedFor);
      while (late.length < WRITERS) late.push(write(imageId));
    });
    await Promise.all(late);
    expect(counted.takeStatements().length).toBeLessThanOrEqual(WRITERS / 5);
    expect(await findWrongCounters(database, imageId)).toEqual([]);
  });
});
