import { readFile } from "node:fs/promises";
import { newId } from "@triptych/chassis/ids/new-id";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { toEmailKey, toNameKey } from "#domain/text-keys.ts";
import { MIGRATIONS } from "#migrations.ts";

const INSERT_USER = `
  insert into users (id, handle, email, email_key, password_hash, display_name_key)
  values ($1, $2, $3, $3, '', $4)`;

test("the migration folds the keys that were stored before as the service does", async () => {
  await using database = await createTestDatabase({ migrations: MIGRATIONS });
  const users = [
    { handle: "ada", email: "ada@example.org", name: "ada" },
    { handle: "jose", email: "jose\u0301@example.org", name: "stra\u00DFe \uFF11" },
    // The address of the account before, composed in another way.
    { handle: "rival", email: "jos\u00E9@example.org", name: "\uFDFA".repeat(80) },
    { handle: "wide", email: "\uFF57ide@example.org", name: "ca\u200Bf\u00E9" },
  ];
  for (const { handle, email, name } of users) {
    await database.query(INSERT_USER, [newId(), handle, email, name]);
  }

  await database.query(String(await readFile(new URL("0002_fold_keys.sql", MIGRATIONS))));

  const rows = await database.query(
    "select handle, email_key, display_name_key from users order by id",
  );
  const name = (index: number) => toNameKey(users[index]?.name ?? "");
  expect(rows).toEqual([
    { handle: "ada", email_key: "ada@example.org", display_name_key: name(0) },
    { handle: "jose", email_key: users[1]?.email, display_name_key: name(1) },
    { handle: "rival", email_key: users[2]?.email, display_name_key: name(2) },
    { handle: "wide", email_key: toEmailKey("WIDE@example.org"), display_name_key: name(3) },
  ]);
});
