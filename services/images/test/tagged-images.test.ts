import { readFile } from "node:fs/promises";
import { newId } from "@triptych/chassis/ids/new-id";
import { createTestDatabase, type TestDatabase } from "@triptych/chassis/testing/test-database";
import { MIGRATIONS } from "#migrations.ts";

const HASH = "0".repeat(64);
/** As the versions before insert and change an image: they do not know the table. */
const INSERT_IMAGE = `
  with added as (
    insert into images (id, owner_id, title, description, tags, visibility, content_type,
      size_bytes, blob_hash)
    values ($1, $1, '', '', $2, $3, 'image/png', 1, $4) returning *
  ), tagged as (
    insert into image_tags (image_id, tag) select $1, unnest($2::text[])
  )
  select id from added`;
const UPDATE_IMAGE = "update images set tags = $2, visibility = $3 where id = $1";
const FAIL_IMAGE = "update images set state = 'failed', failure = 'unreadable' where id = $1";

describe("the tags that lists read", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrations: MIGRATIONS });
    const insertBlob = "insert into blobs (hash, size_bytes, reference_count) values ($1, 1, 9)";
    await database.query(insertBlob, [HASH]);
  });
  afterAll(() => database.drop());

  async function insert(tags: readonly string[], visibility: string): Promise<string> {
    const id = newId();
    await database.query(INSERT_IMAGE, [id, tags, visibility, HASH]);
    return id;
  }

  function tagsOf(id: string): Promise<readonly unknown[]> {
    const text = "select tag, owner_id = $1 as own, listed from tagged_images where image_id = $1";
    return database.query(`${text} order by tag`, [id]);
  }

  test("follow the image, whichever version of the service writes it", async () => {
    const id = await insert(["sea", "sky"], "public");
    const sea = { tag: "sea", own: true };
    const sky = { tag: "sky", own: true };
    expect(await tagsOf(id)).toEqual([
      { ...sea, listed: true },
      { ...sky, listed: true },
    ]);
    await database.query(UPDATE_IMAGE, [id, ["sky"], "public"]);
    expect(await tagsOf(id)).toEqual([{ ...sky, listed: true }]);
    await database.query(UPDATE_IMAGE, [id, ["sky"], "unlisted"]);
    expect(await tagsOf(id)).toEqual([{ ...sky, listed: false }]);
    await database.query(UPDATE_IMAGE, [id, ["sea"], "public"]);
    expect(await tagsOf(id)).toEqual([{ ...sea, listed: true }]);
    await database.query(FAIL_IMAGE, [id]);
    expect(await tagsOf(id)).toEqual([{ ...sea, listed: false }]);
    await database.query("delete from images where id = $1", [id]);
    expect(await tagsOf(id)).toEqual([]);
  });

  test("are filled by the migration from the images that were stored before", async () => {
    await database.query(`
      drop table tagged_images; drop function tag_image cascade;
      drop index images_listed_of_owner`);
    const [shown, hidden] = [await insert(["sea"], "public"), await insert(["sea"], "private")];
    const migration = await readFile(new URL("0006_lists_of_strangers.sql", MIGRATIONS));
    await database.query(String(migration));
    expect(await tagsOf(shown)).toEqual([{ tag: "sea", own: true, listed: true }]);
    expect(await tagsOf(hidden)).toEqual([{ tag: "sea", own: true, listed: false }]);
  });
});
