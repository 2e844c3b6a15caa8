import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe("startPostgres", () => {
  let parent: string;
  let folder: string;
  const running: PostgresServer[] = [];

  async function start(port = 0): Promise<PostgresServer> {
    const server = await startPostgres({ folder, port, durable: false });
    running.push(server);
    return server;
  }

  beforeAll(async () => {
    // Closed to all other users, as root's own folders are.
    parent = await mkdtemp(join(tmpdir(), "triptych-postgres-"));
    await chmod(parent, 0o700);
    folder = join(parent, "data", "postgres");
  });

  afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

  afterAll(() => rm(parent, { recursive: true, force: true }));

  test("keeps the data from one start to the next, in files closed to other users", async () => {
    const first = await start();
    await query(first.url, "create table kept as select 7 as number");
    await first.stop();
    await first.stop();
    await first.exited;
    const second = await start();
    expect(await query(second.url, "select number from kept")).toEqual([{ number: 7 }]);
    for (const [name, mode] of [
      ["cluster", 0o700],
      ["password", 0o600],
      ["server.log", 0o600],
    ] as const) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(mode);
    }
  });

  test("requires the password, and listens on the loopback address only", async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(query(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await query(url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  });

  test("starts after the server was killed, and after another process got its id", async () => {
    const first = await start();
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    const second = await start();
    await second.stop();
    // The id of a living process that is not Postgres: this one.
    await writeFile(
      join(folder, "cluster", "postmaster.pid"),
      `${process.pid}\n${folder}/cluster\n`,
    );
    const third = await start();
    await query(third.url, "select 1");
  });

  test("ends the server of a killed supervisor, and starts its own", async () => {
    const orphan = await start();
    // As if another process had started the server, and had been killed.
    await writeFile(join(folder, "supervisor.pid"), "999999999\n");
    const heir = await start();
    await orphan.exited;
    await query(heir.url, "select 1");
  });

  test("refuses a data folder whose supervisor is alive, in one sentence", async () => {
    const server = await start();
    await expect(start()).rejects.toThrow(
      `is in use by process ${process.pid}: stop that stack first, or choose another folder.`,
    );
    await query(server.url, "select 1");
  });

  test("refuses a port in use and a folder that cannot be created, in one sentence each", async () => {
    await using taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(start(port)).rejects.toThrow(
      `Port ${port} on 127.0.0.1 cannot be used for Postgres`,
    );
    const file = join(parent, "file");
    await writeFile(file, "");
    for (const impossible of [join(file, "data"), "/proc/triptych/data"]) {
      const attempt = startPostgres({ folder: impossible, port: 0, durable: false });
      await expect(attempt).rejects.toThrow(PostgresCannotStart);
    }
  });

  test("logs its own events, and no statement of a client", async () => {
    const { url, log } = await start();
    await expect(query(url, "select 'secret' from nowhere")).rejects.toThrow();
    const text = await readFile(log, "utf8");
    expect(text).toContain("ready to accept connections");
    expect(text).not.toContain("secret");
  });
});
