import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { migrate } from "#database/migrations/migrate.ts";

/** The options of a test's database. */
interface TestDatabaseOptions {
  /** The folder of the service's migrations. */
  readonly migrations: URL | string;
}

/** A migrated database for one test file. Removed by `drop`, or at the end of its `await using`. */
export interface TestDatabase {
  /** Its role owns the database, and is no superuser. */
  readonly url: string;
  readonly name: string;
  /** Runs a statement by its owner, or several if there are no values. Returns the rows. */
  query(text: string, values?: readonly unknown[]): Promise<readonly unknown[]>;
  /** Ends all sessions and removes the database. May be called twice. */
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One role for all test databases, since a clone's tables keep the owner of the template's. */
const ROLE = "tester";
/** Any number; only this file locks it in the database `postgres`. */
const TEMPLATE_LOCK = 7_741_001;

/**
 * Clones a new database from a template, which the first caller migrates while others wait. Needs
 * the Postgres that jest's globalSetup starts.
 */
export async function createTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const superuserUrl = process.env.TEST_POSTGRES_URL;
  assert(superuserUrl, "TEST_POSTGRES_URL is set by jest/start-postgres.js");
  const directory = folderOf(options.migrations);
  const template = `template_${await hashOf(directory)}`;
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withClient(superuserUrl, async (client) => {
    await ensureTemplate(client, { superuserUrl, template, directory });
    await client.query(`create database ${name} template ${template} owner ${ROLE}`);
  });
  const drop = () =>
    withClient(superuserUrl, async (client) => {
      await client.query(`drop database if exists ${name} with (force)`);
    });
  const url = roleUrl(superuserUrl, name);
  return {
    url,
    name,
    query: (text, values) =>
      withClient(url, async (client) => {
        const { rows } = await client.query<object>(text, values && [...values]);
        return rows;
      }),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

interface Template {
  readonly superuserUrl: string;
  readonly template: string;
  readonly directory: string;
}

async function ensureTemplate(client: pg.Client, options: Template): Promise<void> {
  const { superuserUrl, template, directory } = options;
  await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [
      template,
    ]);
    if (rowCount === 1) return;
    await ensureRole(client, superuserUrl);
    // Under another name until it is complete, so that an aborted run leaves nothing that looks
    // ready.
    const unfinished = `unfinished_${template}`;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished} owner ${ROLE}`);
    await migrate({ url: roleUrl(superuserUrl, unfinished), directory });
    // A template with an open connection cannot be cloned.
    await client.query(`alter database ${unfinished} allow_connections false`);
    await client.query(`alter database ${unfinished} rename to ${template}`);
  } finally {
    await client.query("select pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  }
}

async function ensureRole(client: pg.Client, superuserUrl: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [ROLE]);
  if (rowCount === 1) return;
  const password = pg.escapeLiteral(passwordOf(superuserUrl));
  await client.query(
    `create role ${ROLE} login nosuperuser nocreatedb nocreaterole password ${password}`,
  );
}

/** Returns the password of the role: the same in every worker of a run, and stored nowhere. */
function passwordOf(superuserUrl: string): string {
  return createHash("sha256").update(superuserUrl).digest("hex");
}

function roleUrl(superuserUrl: string, database: string): string {
  const url = new URL(superuserUrl);
  url.username = ROLE;
  url.password = passwordOf(superuserUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function folderOf(migrations: URL | string): string {
  if (migrations instanceof URL) return fileURLToPath(migrations);
  return migrations.startsWith("file:") ? fileURLToPath(migrations) : migrations;
}

async function hashOf(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update(await readFile(join(directory, name)));
  return hash.digest("hex").slice(0, 16);
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "test-database" });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
