import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import pg from "pg";
import {
  acceptConnections,
  ensureServiceDatabase,
  refuseConnections,
} from "./ensure-service-database.ts";

const superuserUrl = process.env.TEST_POSTGRES_URL ?? "";

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe("a service's database", () => {
  const first = {
    name: `first_${randomBytes(4).toString("hex")}`,
    password: "one",
    connectionsMax: 3,
  };
  const second = {
    name: `second_${randomBytes(4).toString("hex")}`,
    password: "two's",
    connectionsMax: 3,
  };
  let url: string;

  beforeAll(async () => {
    assert(superuserUrl, "TEST_POSTGRES_URL is set by jest/start-postgres.js");
    url = await ensureServiceDatabase(superuserUrl, first);
    await ensureServiceDatabase(superuserUrl, second);
  });

  afterAll(async () => {
    for (const { name } of [first, second]) {
      await query(superuserUrl, `drop database ${name} with (force)`);
      await query(superuserUrl, `drop role ${name}`);
    }
  });

  test("lets its role create tables and schemas, with time limits for transactions", async () => {
    await query(
      url,
      "create schema jobs; create table jobs.job (id int); create table a (id int);",
    );
    const limit = await query(url, "show idle_in_transaction_session_timeout");
    expect(limit).toEqual([{ idle_in_transaction_session_timeout: "30s" }]);
    expect(await query(url, "show transaction_timeout")).toEqual([{ transaction_timeout: "1min" }]);
  });

  test("keeps its data and changes the password when it is ensured again", async () => {
    await query(url, "create table kept (id int)");
    const renewed = await ensureServiceDatabase(superuserUrl, { ...first, password: "new" });
    expect(await query(renewed, "select count(*) from kept")).toEqual([{ count: "0" }]);
    await expect(query(url, "select 1")).rejects.toMatchObject({ code: "28P01" });
    url = renewed;
  });

  test("refuses connections of another service's role", async () => {
    const other = new URL(url);
    other.username = second.name;
    other.password = second.password;
    await expect(query(other.href, "select 1")).rejects.toMatchObject({ code: "42501" });
  });

  test("gives its role as many connections as its budget has, and takes none of another's", async () => {
    const clients = Array.from({ length: 3 }, () => new pg.Client({ connectionString: url }));
    try {
      await Promise.all(clients.map((client) => client.connect()));
      await expect(query(url, "select 1")).rejects.toMatchObject({ code: "53300" });
      const other = new URL(url);
      [other.username, other.password, other.pathname] = [
        second.name,
        second.password,
        second.name,
      ];
      expect(await query(other.href, "select 1 as one")).toEqual([{ one: 1 }]);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
    url = await ensureServiceDatabase(superuserUrl, { ...first, connectionsMax: 4 });
    const rows = await query(
      url,
      "select rolconnlimit, rolsuper from pg_roles where rolname = user",
    );
    expect(rows).toEqual([{ rolconnlimit: 4, rolsuper: false }]);
  });

  test("refuses and ends connections after refuseConnections, and accepts them after acceptConnections", async () => {
    const client = new pg.Client({ connectionString: url });
    const ended = new Promise<Error>((resolve) => client.on("error", resolve));
    await client.connect();
    await refuseConnections(superuserUrl, first.name);
    await expect(ended).resolves.toMatchObject({ code: "57P01" });
    await expect(query(url, "select 1")).rejects.toMatchObject({ code: "55000" });
    await acceptConnections(superuserUrl, first.name);
    expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});
