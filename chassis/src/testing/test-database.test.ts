import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createTestDatabase } from "./test-database.ts";

async function select(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe("createTestDatabase", () => {
  let migrations: string;

  beforeAll(async () => {
    migrations = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    const sql = `create table things (id integer primary key); insert into things values (${process.pid});`;
    await writeFile(join(migrations, "0001_things.sql"), sql);
  });

  afterAll(() => rm(migrations, { recursive: true }));

  test("returns a new migrated database to each caller, also to callers at the same time", async () => {
    const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase({ migrations })));
    const [first, second] = databases;
    await select(first?.url ?? "", "delete from things");
    expect(await select(second?.url ?? "", "select id from things")).toEqual([{ id: process.pid }]);
    await Promise.all(databases.map((database) => database.drop()));
  });

  test("connects as a role that is no superuser but may create schemas", async () => {
    await using database = await createTestDatabase({ migrations });
    const roles = "select rolsuper, rolcreatedb from pg_roles where rolname = current_user";
    expect(await select(database.url, roles)).toEqual([{ rolsuper: false, rolcreatedb: false }]);
    await select(database.url, "create schema jobs");
  });

  test("drops the database despite an open connection, and may be called twice", async () => {
    const database = await createTestDatabase({ migrations });
    const client = new pg.Client({ connectionString: database.url });
    const ended = new Promise((resolve) => client.on("error", resolve));
    await client.connect();
    await database.drop();
    await ended;
    await database.drop();
    await expect(select(database.url, "select 1")).rejects.toMatchObject({ code: "3D000" });
  });
});
