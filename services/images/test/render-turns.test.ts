import { createDatabase, type Database } from "@triptych/chassis/database/database";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import type { ProcessingRepository } from "#domain/processing-repository.ts";
import type { RenderJob } from "#domain/render-job.ts";
import { createImageConsumer, type ImageConsumer } from "#queue/image-consumer.ts";
import { createImageQueue, type ImageQueue } from "#queue/image-queue.ts";
import { createProcessingRepository } from "#repository/processing-repository.ts";
import { pngHead } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

const logger = createLogger({ service: "images-worker", level: "silent" });
const [LARGE, SMALL] = [pngHead(7_000, 7_000), pngHead(100, 80)];

/** The consumer takes jobs as a worker does. What rendering would do is up to each test. */
describe("the order of rendering", () => {
  let images: ImagesUnderTest;
  let ann: UserCaller;
  let bob: UserCaller;
  let cid: UserCaller;
  let database: Database;
  let queue: ImageQueue;
  let processing: ProcessingRepository;
  let consumer: ImageConsumer | undefined;
  /** The images in the order in which they were begun, by their titles. */
  let begun: string[];
  /** Called for each; it is done when the promise is. */
  let render: (title: string) => Promise<void>;
  const titles = new Map<string, string>();

  beforeAll(async () => {
    images = await startImages();
    [ann, bob, cid] = [await images.user(), await images.user(), await images.user()];
    database = createDatabase({
      url: images.databaseUrl,
      applicationName: "render-turns.test",
      poolMax: 3,
      readAttemptsMax: 1,
      acquireTimeoutMs: 5_000,
      statementTimeoutMs: 30_000,
    });
    queue = createImageQueue(database, logger);
    await queue.start();
    processing = createProcessingRepository(database, queue.enqueue);
  });
  beforeEach(() => {
    begun = [];
    render = async () => {};
  });
  afterEach(async () => {
    await consumer?.close();
    await images.clear();
    await images.query("delete from queue.job");
  });
  afterAll(async () => {
    await queue.close();
    await database.close();
    await images[Symbol.asyncDispose]();
  });

  async function upload(caller: UserCaller, title: string, file = LARGE): Promise<string> {
    const { id } = await images.upload(caller, file, { title });
    titles.set(id, title);
    return id;
  }

  const name = (title: string) => (_: unknown, at: number) => `${title}${at + 1}`;

  async function uploadMany(caller: UserCaller, count: number, title: string): Promise<void> {
    for (const each of Array.from({ length: count }, name(title))) await upload(caller, each);
  }

  async function consume(concurrency = 1): Promise<void> {
    consumer = createImageConsumer({
      url: images.databaseUrl,
      migrate: true,
      concurrency,
      logger,
      async run(imageId) {
        await processing.startImage(imageId);
        const title = titles.get(imageId) ?? imageId;
        begun.push(title);
        await render(title);
        await processing.failImage(imageId, { failure: "unreadable", updateTime: new Date() });
      },
    });
    await consumer.start();
  }

  const untilBegun = (count: number) => eventually(() => begun.length >= count);

  test("alternates between owners, however many images one of them has", async () => {
    await uploadMany(ann, 5, "ann");
    await uploadMany(bob, 2, "bob");
    await uploadMany(cid, 1, "cid");
    await consume();
    await untilBegun(8);
    expect(begun).toEqual(["ann1", "bob1", "cid1", "ann2", "bob2", "ann3", "ann4", "ann5"]);
  });

  test("puts a newcomer behind what is being rendered, and in front of all that waits", async () => {
    await uploadMany(ann, 4, "ann");
    render = async (title) => {
      if (title === "ann2") await upload(bob, "bob1");
    };
    await consume();
    await untilBegun(5);
    expect(begun).toEqual(["ann1", "ann2", "bob1", "ann3", "ann4"]);
  });

  test("gives an owner of many small images as much work as one of large images", async () => {
    await uploadMany(ann, 3, "ann");
    // Of another kind than SMALL, so that they have no place of their own: 10 megapixels.
    for (let at = 1; at <= 6; at++) await upload(bob, `bob${at}`, pngHead(5_000, 2_000));
    await consume();
    await untilBegun(9);
    // 52 units of work for each of ann's, 13 for each of bob's.
    expect(begun).toEqual(["bob1", "bob2", "bob3", "ann1", "bob4", "bob5", "bob6", "ann2", "ann3"]);
  });

  test("lets no image wait for ever while newcomers come without end", async () => {
    await uploadMany(ann, 2, "ann");
    render = async (title) => {
      if (begun.includes("ann2")) return;
      await upload(await images.user(), `after ${title}`, pngHead(5_000, 2_000));
    };
    await consume();
    await eventually(() => begun.includes("ann2"));
    // Its turn ends at 104. Each newcomer moves the present on by 12.
    expect(begun.indexOf("ann2")).toBe(5);
  });

  test("is that of arrival without turns: the control", async () => {
    const all = [ann, ann, ann, bob].map((caller, at) => upload(caller, `${at}`));
    const ids = await Promise.all(all);
    await images.query("delete from queue.job");
    const job = { turn: 0, isSmall: false, earlierAttempts: 0 };
    for (const imageId of ids) await enqueue({ ...job, imageId });
    await consume();
    await untilBegun(4);
    expect(begun).toEqual(["0", "1", "2", "3"]);
  });

  const enqueue = (job: RenderJob) =>
    database.for("").transaction((connection) => queue.enqueue(connection, job));

  test("lets a small image pass while large ones are rendered, and no further large one", async () => {
    const hold = Promise.withResolvers<void>();
    render = (title) => (title.startsWith("ann") ? hold.promise : Promise.resolve());
    await uploadMany(ann, 3, "ann");
    await consume();
    await untilBegun(1);
    for (const title of ["bob1", "bob2"]) await upload(bob, title, SMALL);
    await untilBegun(3);
    await upload(cid, "cid1");
    await upload(bob, "bob3", SMALL);
    await untilBegun(4);
    expect(begun).toEqual(["ann1", "bob1", "bob2", "bob3"]);
    hold.resolve();
    await untilBegun(7);
    expect(begun.slice(4)).toEqual(["cid1", "ann2", "ann3"]);
  });

  test("lets as many large images be rendered at once as the worker may, and a small one", async () => {
    const hold = Promise.withResolvers<void>();
    render = () => hold.promise;
    await uploadMany(ann, 4, "ann");
    await consume(2);
    await untilBegun(2);
    await upload(bob, "bob1", SMALL);
    await untilBegun(3);
    expect(begun.toSorted()).toEqual(["ann1", "ann2", "bob1"]);
    hold.resolve();
    await untilBegun(5);
  });

  test("puts uploads of one owner at the same time one behind the other", async () => {
    await Promise.all(Array.from({ length: 6 }, name("ann")).map((title) => upload(ann, title)));
    const turns = await images.query<{ turn: number }>(
      "select virtual_finish::integer as turn from render_turns order by 1",
    );
    expect(turns.map(({ turn }) => turn)).toEqual([52, 104, 156, 208, 260, 312]);
  });

  test("puts an image whose rendering was aborted behind the others of its owner", async () => {
    await uploadMany(ann, 3, "ann");
    const first = [...titles].findLast(([, title]) => title === "ann1")?.[0] ?? "";
    await processing.startImage(first);
    await images.query("delete from queue.job where data->>'imageId' = $1", [first]);
    expect(await processing.postponeImage(first, 1)).toBe(true);
    await upload(bob, "bob1");
    const jobs = await images.query<{ id: string; attempts: number }>(
      `select data->>'imageId' as id, (data->>'earlierAttempts')::integer as attempts
       from queue.job order by priority desc, created_on`,
    );
    expect(jobs.map(({ id, attempts }) => [titles.get(id), attempts])).toEqual([
      ["bob1", 0],
      ["ann2", 0],
      ["ann3", 0],
      ["ann1", 1],
    ]);
  });

  test("forgets an image that is deleted, ready or failed", async () => {
    await uploadMany(ann, 2, "ann");
    const id = await upload(ann, "ann3");
    await consume();
    await untilBegun(3);
    await eventually(async () => (await images.query("select from render_turns")).length === 0);
    await consumer?.close();
    await images.client.deleteImage({ id }, contextFor(ann));
    const deleted = await upload(bob, "bob1");
    await images.client.deleteImage({ id: deleted }, contextFor(bob));
    expect(await images.query("select from render_turns")).toEqual([]);
    expect(await processing.postponeImage(deleted, 1)).toBe(false);
  });

  test("forgets an image that an older version processed", async () => {
    const id = await upload(ann, "ann1");
    await upload(ann, "ann2");
    await images.query("update images set state = 'ready' where id = $1", [id]);
    await processing.removeStaleTurns();
    expect(await images.query("select image_id from render_turns")).toHaveLength(1);
  });
});
