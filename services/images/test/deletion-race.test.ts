import { createDatabase, type Database } from "@triptych/chassis/database/database";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import type { Image } from "@triptych/protos/images/v1/image_pb";
import pg from "pg";
import type { Variant } from "#domain/image.ts";
import type { ProcessingRepository } from "#domain/processing-repository.ts";
import { createProcessingRepository } from "#repository/processing-repository.ts";
import { picture } from "./pictures.ts";
import { type ImagesUnderTest, startImages } from "./start-images.ts";

/** The renditions of one image, whose bytes are nowhere: only references are looked at. */
function variantsOf(seed: number): readonly Variant[] {
  return (["large", "medium", "small", "thumb"] as const).map((name, at) => ({
    name,
    width: 10,
    height: 10,
    contentType: "image/webp",
    sizeBytes: 5,
    blobHash: `${seed}${at}`.padStart(64, "0"),
  }));
}

/** The order of the transactions is forced: one holds the image's row until the other waits. */
describe("a change of an image while its renditions are committed", () => {
  let images: ImagesUnderTest;
  let caller: UserCaller;
  let database: Database;
  let processing: ProcessingRepository;
  let blocker: pg.Client;
  beforeAll(async () => {
    images = await startImages();
    caller = await images.user();
    database = createDatabase({
      url: images.databaseUrl,
      applicationName: "deletion-race.test",
      poolMax: 2,
      readAttemptsMax: 1,
      acquireTimeoutMs: 1_000,
      statementTimeoutMs: 30_000,
    });
    processing = createProcessingRepository(database, async () => {});
    blocker = new pg.Client({ connectionString: images.databaseUrl });
    await blocker.connect();
  });
  afterEach(() => images.clear());
  afterAll(async () => {
    await blocker.end();
    await database.close();
    await images[Symbol.asyncDispose]();
  });

  async function upload(): Promise<Image> {
    return await images.upload(caller, await picture(30, 20).png().toBuffer());
  }

  const waitingFor = (count: number) =>
    eventually(async () => {
      const waiting = await images.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waiting.length === count;
    });

  function complete(id: string, seed: number, storeBytes = async () => {}): Promise<boolean> {
    const variants = variantsOf(seed);
    const rendition = { width: 30, height: 20, placeholder: Buffer.from("p"), variants };
    return processing.completeImage(id, { rendition, updateTime: new Date() }, storeBytes);
  }

  /** The commit holds the row from its begin, and ends when the change waits for it. */
  async function commitDuring<Result>(id: string, seed: number, change: () => Promise<Result>) {
    const changing: Promise<Result>[] = [];
    const isKept = await complete(id, seed, async () => {
      changing.push(change());
      await waitingFor(1);
    });
    return { isKept, result: await changing[0] };
  }

  const remove = (id: string) => images.client.deleteImage({ id }, contextFor(caller));

  test("releases the bytes of the renditions, if it is a deletion that waited for them", async () => {
    for (const seed of [1, 2, 3]) {
      const { id } = await upload();
      const { isKept } = await commitDuring(id, seed, () => remove(id));
      expect(isKept).toBe(true);
      expect(await images.query("select * from blobs")).toEqual([]);
      expect(await images.files()).toEqual([]);
    }
  });

  test("stores no renditions, if it is a deletion that they waited for", async () => {
    const { id } = await upload();
    await blocker.query("begin");
    await blocker.query("select from images where id = $1 for update", [id]);
    const removed = remove(id);
    await waitingFor(1);
    const completed = complete(id, 1);
    await waitingFor(2);
    await blocker.query("rollback");
    await removed;
    expect(await completed).toBe(false);
    expect(await images.query("select * from blobs")).toEqual([]);
  });

  test("returns the renditions, if it is an edit that waited for them", async () => {
    const { id } = await upload();
    const { result } = await commitDuring(id, 1, () =>
      images.client.updateImage(
        { image: { id, title: "Later" }, updateMask: { paths: ["title"] } },
        contextFor(caller),
      ),
    );
    expect(result).toMatchObject({ title: "Later", width: 30 });
    expect(result?.variants).toHaveLength(4);
    await remove(id);
    expect(await images.query("select * from blobs")).toEqual([]);
  });

  test("shares the bytes of another image, and releases its own references only", async () => {
    const [kept, gone] = [await upload(), await upload()];
    await complete(kept.id, 1);
    await commitDuring(gone.id, 1, () => remove(gone.id));
    const blobs = await images.query("select reference_count from blobs");
    expect(blobs).toEqual(Array(5).fill({ reference_count: 1 }));
  });
});
