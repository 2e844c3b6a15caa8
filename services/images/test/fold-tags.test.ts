import { readFile } from "node:fs/promises";
import { newId } from "@triptych/chassis/ids/new-id";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { toTag } from "#domain/image-rules.ts";
import { MIGRATIONS } from "#migrations.ts";

const INSERT_IMAGE = `
  insert into images (id, owner_id, title, description, tags, visibility, content_type, size_bytes,
    blob_hash, create_time, update_time)
  values ($1, $1, '', '', $2, 'public', 'image/png', 1, $3, now(), now())`;
const INSERT_TAGS = "insert into image_tags (image_id, tag) select $1, unnest($2::text[])";
/** Tags as the version before stored them, and one that folding makes too long. */
const TAGS = ["caf\u00E9", "cafe\u0301", "sea", "\uFF53ea", "stra\u00DFe", "\u200B", "a\u200Bb"];
const HASH = "0".repeat(64);
const LONG = "\uFDFA".repeat(50);

test("the migration folds tags that were stored before as the service does", async () => {
  await using database = await createTestDatabase({ migrations: MIGRATIONS });
  const insertBlob = "insert into blobs (hash, size_bytes, reference_count) values ($1, 1, 2)";
  await database.query(insertBlob, [HASH]);
  const [folded, plain] = [newId(), newId()];
  for (const [id, tags] of [
    [folded, [...TAGS, LONG]],
    [plain, ["sea", "sky"]],
  ] as const) {
    await database.query(INSERT_IMAGE, [id, tags, HASH]);
    await database.query(INSERT_TAGS, [id, tags]);
  }

  await database.query(String(await readFile(new URL("0002_fold_tags.sql", MIGRATIONS))));

  const rows = await database.query("select id, tags from images order by id");
  const expected = ["caf\u00E9", "sea", "strasse", "ab", LONG];
  expect(rows).toEqual([
    { id: folded, tags: expected },
    { id: plain, tags: ["sea", "sky"] },
  ]);
  expect(expected.slice(0, -1)).toEqual([...new Set(TAGS.map(toTag))].filter((tag) => tag !== ""));
  const indexed = await database.query("select tag from image_tags where image_id = $1", [folded]);
  expect(new Set(indexed)).toEqual(new Set(expected.map((tag) => ({ tag }))));
});
