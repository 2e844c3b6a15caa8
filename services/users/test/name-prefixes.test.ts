import { readFile } from "node:fs/promises";
import { newId } from "@triptych/chassis/ids/new-id";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { MIGRATIONS } from "#migrations.ts";

test("the migration indexes the display names that were stored before", async () => {
  await using database = await createTestDatabase({ migrations: MIGRATIONS });
  await database.query(
    "drop table display_name_prefixes; drop function index_display_name cascade",
  );
  const insertUser = `
    insert into users (id, handle, email, email_key, display_name_key, password_hash)
    values ($1, $2, $2 || '@x', $2 || '@x', $3, '')`;
  await database.query(insertUser, [newId(), "ada", "ada"]);
  await database.query(insertUser, [newId(), "adam", "a".repeat(40)]);
  await database.query(insertUser, [newId(), "nameless", ""]);

  await database.query(String(await readFile(new URL("0003_name_prefixes.sql", MIGRATIONS))));

  const rows = await database.query(
    "select handle, max(prefix) as longest, count(*)::int from display_name_prefixes group by handle order by handle",
  );
  expect(rows).toEqual([
    { handle: "ada", longest: "ada", count: 3 },
    { handle: "adam", longest: "a".repeat(32), count: 32 },
  ]);
});
