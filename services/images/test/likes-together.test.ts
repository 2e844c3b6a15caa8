import { createDatabase, type Database } from "@triptych/chassis/database/database";
import { newId } from "@triptych/chassis/ids/new-id";
import { eventually } from "@triptych/chassis/testing/eventually";
import type { LikeRepository } from "#domain/like-repository.ts";
import { createLikeRepository } from "#repository/like-repository.ts";
import { writeWaiting } from "#repository/write-likes.ts";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

const WRITERS = 64;
/** No call here has a deadline: a slow machine must not decide what is written. */
const TIMEOUT_MS = 60_000;

describe("likes that arrive together", () => {
  let resources: AsyncDisposableStack;
  let images: ImagesUnderTest;
  let database: Database;
  let likes: LikeRepository;
  let statements = 0;
  let first: string;
  let second: string;

  beforeAll(async () => {
    resources = new AsyncDisposableStack();
    images = resources.use(await startImages());
    const options = { url: images.databaseUrl, applicationName: "test", poolMax: 10 };
    const limits = { acquireTimeoutMs: TIMEOUT_MS, statementTimeoutMs: TIMEOUT_MS };
    database = resources.adopt(
      createDatabase({ ...options, ...limits, readAttemptsMax: 4 }),
      (it) => it.close(),
    );
    const shard = database.for("");
    const counted: typeof shard = {
      ...shard,
      write(statement, values, signal) {
        statements += 1;
        return shard.write(statement, values, signal);
      },
    };
    likes = createLikeRepository({ ...database, for: () => counted });
  });
  afterAll(() => resources.disposeAsync());

  beforeEach(async () => {
    const owner = await images.user();
    const file = await picture(30, 20).png().toBuffer();
    first = (await images.upload(owner, file)).id;
    second = (await images.upload(owner, file)).id;
    statements = 0;
  });

  const signal = () => new AbortController().signal;
  const like = (imageId: string, userId = newId()) =>
    likes.addLike({ imageId, userId, createTime: new Date() }, signal());
  const unlike = (imageId: string, userId: string) =>
    likes.removeLike({ imageId, userId }, signal());

  /** Returns the count of an image, after a check that it is that of the rows. */
  async function countOf(imageId: string): Promise<number> {
    const [row] = await images.query<{ like_count: number; rows: number }>(
      `select like_count, (select count(*)::integer from likes where image_id = id) as rows
       from images where id = $1`,
      [imageId],
    );
    expect(row?.like_count).toBe(row?.rows);
    return row?.like_count ?? 0;
  }

  /** Locks an image while `work` runs. */
  function whileLocked<Result>(
    imageId: string,
    work: (isWaitedFor: () => Promise<boolean>) => Promise<Result>,
  ): Promise<Result> {
    return database.for(imageId).transaction(async (connection) => {
      await connection.execute("select from images where id = $1 for update", [imageId]);
      return await work(async () => {
        const text = `select 1 from pg_locks
          where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
        return (await connection.execute(text)).rowCount > 0;
      });
    });
  }

  test("are written by few statements, on one image and on two", async () => {
    const written = await Promise.all(
      Array.from({ length: WRITERS }, (_, index) => like(index % 3 === 0 ? first : second)),
    );
    expect(written).toEqual(written.map(() => true));
    expect(statements).toBeLessThanOrEqual(WRITERS / 5);
    expect((await countOf(first)) + (await countOf(second))).toBe(WRITERS);
  });

  test("of one user count once, and end as the last call says", async () => {
    const user = newId();
    await Promise.all([like(first), like(first, user), like(first, user), like(first, user)]);
    expect(await countOf(first)).toBe(2);
    await Promise.all([like(second), unlike(first, user), like(first, user), unlike(first, user)]);
    expect(await countOf(first)).toBe(1);
    await Promise.all([like(second), like(first, user), unlike(first, user), like(first, user)]);
    expect(await countOf(first)).toBe(2);
  });

  test("are added and removed in one statement", async () => {
    const users = Array.from({ length: 10 }, () => newId());
    await Promise.all(users.map((user) => like(first, user)));
    statements = 0;
    await Promise.all(users.map((user, index) => (index < 7 ? unlike(first, user) : like(first))));
    expect(statements).toBeLessThanOrEqual(2);
    expect(await countOf(first)).toBe(6);
  });

  test("each have their own outcome", async () => {
    const owner = await images.user();
    const file = await picture(30, 20).png().toBuffer();
    const hidden = await images.upload(owner, file);
    await images.query("update images set visibility = 'private' where id = $1", [hidden.id]);
    const outcomes = await Promise.all([
      like(first),
      like(newId()),
      like(hidden.id),
      like(hidden.id, owner.userId),
      unlike(hidden.id, newId()),
      unlike(first, newId()),
    ]);
    expect(outcomes).toEqual([true, false, false, true, false, true]);
    expect(await countOf(hidden.id)).toBe(1);
  });

  test("are not delayed by an image that another transaction holds", async () => {
    const late: Promise<boolean>[] = [];
    await whileLocked(first, async (isWaitedFor) => {
      const other = like(second);
      while (late.length < WRITERS) late.push(like(first));
      expect(await Promise.all([other, like(second)])).toEqual([true, true]);
      await eventually(isWaitedFor);
      expect(await like(second)).toBe(true);
    });
    expect(await Promise.all(late)).toEqual(late.map(() => true));
    expect(statements).toBeLessThanOrEqual(WRITERS / 5);
    expect(await countOf(first)).toBe(WRITERS);
    expect(await countOf(second)).toBe(3);
  });

  test("would be delayed by it in one statement that waits (control)", async () => {
    const change = { userId: newId(), createTime: new Date(), liked: true };
    const { batch } = await whileLocked(first, async (isWaitedFor) => {
      const changes = [
        { ...change, imageId: first },
        { ...change, imageId: second },
      ] as const;
      const written = writeWaiting(database, changes, signal());
      await eventually(isWaitedFor);
      expect(await countOf(second)).toBe(0);
      return { batch: written };
    });
    expect(await batch).toEqual([true, true]);
    expect(await countOf(second)).toBe(1);
  });

  test("find no image if the one that they wait for is deleted", async () => {
    let late: Promise<boolean> | undefined;
    await database.for(first).transaction(async (connection) => {
      await connection.execute("delete from images where id = $1", [first]);
      late = like(first);
      await eventually(async () => {
        const text = "select 1 from pg_locks where not granted";
        return (await connection.execute(text)).rowCount > 0;
      });
    });
    expect(await late).toBe(false);
  });
});
