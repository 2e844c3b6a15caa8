import { createDatabase, type Database } from "@triptych/chassis/database/database";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createMetrics, type Metrics } from "@triptych/chassis/telemetry/metrics";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { createCollector } from "#create-collector.ts";
import type { BlobCollector } from "#domain/blob-collector.ts";
import { createBlobReferences } from "#repository/blob-references.ts";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

describe("the sweep of reference counts", () => {
  let images: ImagesUnderTest;
  let caller: UserCaller;
  let file: Buffer;
  let database: Database;
  let metrics: Metrics;
  let collector: BlobCollector;
  beforeAll(async () => {
    images = await startImages();
    caller = await images.user();
    file = await picture(30, 20).png().toBuffer();
    database = createDatabase({
      url: images.databaseUrl,
      applicationName: "reference-counts.test",
      poolMax: 2,
      readAttemptsMax: 1,
      acquireTimeoutMs: 1_000,
      statementTimeoutMs: 30_000,
    });
  });
  beforeEach(() => {
    metrics = createMetrics({ service: "images" });
    const logger = createLogger({ service: "images", level: "silent" });
    const blobs = createBlobStore(images.blobs);
    collector = createCollector({ database, blobs, metrics, logger });
  });
  afterEach(() => images.clear());
  afterAll(async () => {
    await database.close();
    await images[Symbol.asyncDispose]();
  });

  const upload = (bytes = file) => images.upload(caller, bytes);
  const remove = (id: string) => images.client.deleteImage({ id }, contextFor(caller));
  const setCounts = (count: number) =>
    images.query("update blobs set reference_count = $1", [count]);

  async function counts(): Promise<readonly number[]> {
    const rows = await images.query<{ reference_count: number }>(
      "select reference_count from blobs",
    );
    return rows.map(({ reference_count: count }) => count);
  }

  /** How often a count of each fault was mended. */
  async function repairs(): Promise<Record<string, number>> {
    const { values } = await metrics.repairs.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.fault, value]));
  }

  test("removes bytes that a count kept, though nothing names them", async () => {
    await upload();
    await images.query("delete from images");
    expect(await images.files()).toHaveLength(1);
    await collector.sweep();
    expect(await images.files()).toEqual([]);
    expect(await counts()).toEqual([]);
    expect(await repairs()).toEqual({ too_high: 1, too_low: 0 });
  });

  test.each([0, 1])("keeps bytes that two images name, with a count of %d", async (count) => {
    await upload();
    await upload();
    await setCounts(count);
    await collector.sweep();
    expect(await images.files()).toHaveLength(1);
    expect(await counts()).toEqual([2]);
    expect(await repairs()).toEqual({ too_high: 0, too_low: 1 });
  });

  test.each([0, 1])(
    "is preceded by a deletion with a count of %d, and no bytes are lost",
    async (count) => {
      const [kept, gone] = [await upload(), await upload()];
      await setCounts(count);
      await remove(gone.id);
      expect(await images.files()).toHaveLength(1);
      expect(await counts()).toEqual([1]);
      await remove(kept.id);
      expect(await images.files()).toEqual([]);
    },
  );

  test("compares every count, page by page", async () => {
    for (let at = 0; at < 5; at++) await upload(Buffer.concat([file, Buffer.from(`${at}`)]));
    const hashes = await images.query<{ hash: string }>("select hash from blobs order by hash");
    const wrong = [hashes[0]?.hash, hashes[4]?.hash];
    await images.query("update blobs set reference_count = 7 where hash = any($1)", [wrong]);
    const references = createBlobReferences(database);
    const found: string[] = [];
    let after: string | undefined = "";
    while (after !== undefined) {
      const page = await references.compareCounts(after, 2);
      found.push(...page.miscounted);
      after = page.last;
    }
    expect(found).toEqual(wrong);
  });

  test("mends nothing of a transaction that has not ended", async () => {
    await upload();
    const references = createBlobReferences(database);
    await database.for("").transaction(async (connection) => {
      await connection.execute("update blobs set reference_count = reference_count + 1");
      await connection.execute("select from images for update");
      expect((await references.compareCounts("", 10)).miscounted).toEqual([]);
    });
  });

  test("counts what is there once it has the lock, not what was there before", async () => {
    await upload();
    const [blob] = await images.query<{ hash: string }>("select hash from blobs");
    const references = createBlobReferences(database);
    const mending: Promise<unknown>[] = [];
    await database.for("").transaction(async (connection) => {
      await connection.execute("update blobs set reference_count = 0");
      mending.push(references.recount(blob?.hash ?? ""));
      await eventually(async () => {
        const waiting = await images.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return waiting.length === 1;
      });
      await connection.execute("delete from images");
    });
    expect(await mending[0]).toBeUndefined();
    expect(await counts()).toEqual([0]);
  });
});
