import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type PostgresServer, startPostgres } from "#postgres/start-postgres.ts";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

const SCRIPT = join(REPOSITORY_FOLDER, "k8s/components/postgres-plain/database/create-role.sql");
const PASSWORD = "it's a password";

/** Runs the script as psql does, on a server of its own, since the script closes what all share. */
async function runScript(server: PostgresServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const text = (await readFile(SCRIPT, "utf8"))
    .replaceAll(/^(?:--|\\getenv ).*$/gm, "")
    .replaceAll(':"service"', pg.escapeIdentifier("users"))
    .replaceAll(":'password'", pg.escapeLiteral(PASSWORD));
  // One by one: a database cannot be created in a transaction.
  for (const statement of text.split(";\n")) await client.query(statement);
  await client.end();
}

describe("the script that creates a role in the containers", () => {
  let folder: string;
  let server: PostgresServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-role-"));
    server = await startPostgres({ folder, port: 0, durable: false });
    await runScript(server);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  async function connect(user: string, database: string, password: string): Promise<unknown> {
    const { port } = server;
    const client = new pg.Client({ host: "127.0.0.1", port, user, database, password });
    try {
      await client.connect();
    } catch (error) {
      return error instanceof pg.DatabaseError ? error.code : error;
    }
    const { rows } = await client.query(
      "select rolsuper, rolcreatedb, rolcreaterole, rolconnlimit from pg_roles where rolname = user",
    );
    await client.query("create schema queue; create table one (id int)");
    await client.end();
    return rows[0];
  }

  test("lets the service use its own database, and no other, within its budget", async () => {
    expect(await connect("users", "users", PASSWORD)).toEqual({
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolconnlimit: 90,
    });
    expect(await connect("users", "postgres", PASSWORD)).toBe("42501");
    expect(await connect("users", "template1", PASSWORD)).toBe("42501");
  });

  test("lets nobody sign in as the superuser over the network", async () => {
    const { password } = new URL(server.url);
    expect(await connect("postgres", "users", password)).toBe("28P01");
    expect(await connect("postgres", "users", PASSWORD)).toBe("28P01");
  });
});
