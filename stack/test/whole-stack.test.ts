import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@triptych/chassis/testing/eventually";
import pg from "pg";
import { readStackFile, type StackRecord } from "#control/stack-file.ts";
import { isRunning } from "#processes/process-identity.ts";
import { outcomeOf, runStack, spawnStack } from "./run-stack.ts";

const START_MS_MAX = 30_000;
const TEST_MS_MAX = 120_000;

describe("the whole stack", () => {
  let folder: string;
  let environment: { readonly TRIPTYCH_DATA: string; readonly PORT: string };
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-whole-"));
    environment = { TRIPTYCH_DATA: folder, PORT: "0" };
  });
  afterAll(async () => {
    for (const child of started) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  async function start(...options: string[]): Promise<[ChildProcess, StackRecord]> {
    const child = spawnStack(["start", ...options], environment);
    started.push(child);
    const readyRecord = async () => {
      if (child.exitCode !== null) throw new Error(`it ended with the code ${child.exitCode}`);
      const record = await readStackFile(join(folder, "stack.json"));
      return record?.pid === child.pid && record?.state === "ready" ? record : undefined;
    };
    return [child, await eventually(readyRecord, { timeoutMs: START_MS_MAX })];
  }

  async function stateOfUsers(url: StackRecord["url"]): Promise<string | undefined> {
    const answer: unknown = await (await fetch(`${url}/v1/status`)).json();
    const { services } = answer as { services: readonly { name: string; state: string }[] };
    return services.find(({ name }) => name === "users")?.state;
  }

  /**
   * Makes users read-only and writable again. Meanwhile nobody can register, and everything can be
   * read.
   */
  async function expectReadOnlySwitch({ url }: StackRecord): Promise<void> {
    const register = (handle: string) =>
      fetch(`${url}/v1/users`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          handle,
          email: `${handle}@example.com`,
          password: "a long enough password",
        }),
      });
    const switched = await runStack(["read-only", "users"], environment);
    expect(switched.output).toBe("users refuses writes.\n");
    const refused = await register("refused");
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ status: 503, code: "READ_ONLY" });
    expect((await fetch(`${url}/v1/users?query=a`)).status).toBe(200);
    await eventually(async () => (await stateOfUsers(url)) === "degraded");
    await runStack(["writable", "users"], environment);
    await eventually(async () => (await stateOfUsers(url)) === "up");
    expect((await register(`taken_${Date.now()}`)).status).toBe(201);
  }

  /** Each role has its own database and no other, and is no superuser. */
  async function expectOwnDatabasesOnly(url: string): Promise<void> {
    const databases = ["users", "images", "comments", "postgres", "template1"];
    for (const role of ["users", "images", "comments"]) {
      const path = join(folder, "keys", `${role}-database.password`);
      const password = (await readFile(path, "utf8")).trim();
      for (const database of databases) {
        const connectionString = `postgres://${role}:${password}@${url}/${database}`;
        const client = new pg.Client({ connectionString });
        const connected = client.connect().then(
          async () => {
            const { rows } = await client.query("select current_setting('is_superuser') as is");
            await client.end();
            return rows[0].is;
          },
          (error) => error.code,
        );
        expect([role, database, await connected]).toEqual([
          role,
          database,
          role === database ? "off" : "42501",
        ]);
      }
    }
  }

  const gone = ({ processes }: StackRecord) => processes.every(({ pid }) => !isRunning(pid));

  test(
    "starts, loses a part and gets it back, and stops in order with nothing left",
    async () => {
      const [child, record] = await start();
      const images = `${record.url}/v1/images`;
      expect((await fetch(images)).status).toBe(200);

      expect((await runStack(["stop", "images-db"], environment)).output).toBe(
        "images-db is stopped.\n",
      );
      await eventually(async () => (await fetch(images)).status === 503);
      await runStack(["start", "images-db"], environment);
      await eventually(async () => (await fetch(images)).status === 200);

      await expectReadOnlySwitch(record);
      const refusal = await runStack(["read-only", "gateway"], environment);
      expect(refusal.errors).toContain("only users, images and comments have writes to refuse");

      const { output } = await runStack(["status"], environment);
      expect(output).toMatch(/^gateway +running +\d+ +http/m);
      const server = /^postgres +running +\d+ +(\S+)/m.exec(output)?.[1] ?? "";
      await expectOwnDatabasesOnly(server);

      const outcome = outcomeOf(child);
      child.kill("SIGINT");
      expect((await outcome).code).toBe(0);
      expect(gone(record)).toBe(true);
      const postgresLog = await readFile(join(folder, "postgres", "server.log"), "utf8");
      expect(postgresLog).toMatch(/database system is shut down\n$/);
      expect(await readStackFile(join(folder, "stack.json"))).toBeUndefined();
    },
    TEST_MS_MAX,
  );

  test(
    "leaves no process behind when its supervisor is killed, and then starts as a monolith",
    async () => {
      const [first, record] = await start();
      await runStack(["freeze", "users"], environment);
      first.kill("SIGKILL");
      await eventually(() => gone(record), { timeoutMs: START_MS_MAX });

      const [second, joined] = await start("--", "--monolith");
      const users = `${joined.url}/v1/users?query=a`;
      expect((await fetch(users)).status).toBe(200);
      await expectReadOnlySwitch(joined);
      await runStack(["stop", "users"], environment);
      expect((await fetch(users)).status).toBe(503);
      const refusal = await runStack(["freeze", "users"], environment);
      expect(refusal.errors).toMatch(/^The monolith is one process: [^\n]*\n$/);

      const outcome = outcomeOf(second);
      second.kill("SIGTERM");
      expect((await outcome).code).toBe(0);
      expect(gone(joined)).toBe(true);
    },
    TEST_MS_MAX,
  );
});
