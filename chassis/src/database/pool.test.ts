import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { rememberPriority } from "#admission/call-priority.ts";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import { PoolBusy } from "./database-error.ts";
import { createPool, type Pool } from "./pool.ts";

const LONG_MS = 60_000;

describe("the queue for a connection", () => {
  let migrations: string;
  let testDatabase: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    migrations = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    testDatabase = await createTestDatabase({ migrations });
    pool = createPool({
      url: testDatabase.url,
      applicationName: "pool.test",
      poolMax: 1,
      acquireTimeoutMs: LONG_MS,
      statementTimeoutMs: LONG_MS,
    });
  });

  afterAll(async () => {
    await pool.close();
    await testDatabase.drop();
    await rm(migrations, { recursive: true });
  });

  function acquireFor(criticality: Criticality, leftMs: number) {
    const { signal } = new AbortController();
    rememberPriority(signal, { criticality, deadline: Date.now() + leftMs });
    return pool.acquire(signal);
  }

  test("is left before the deadline by all but critical calls, the least critical first", async () => {
    const held = await pool.acquire(undefined);
    const ended: string[] = [];
    const leaves = async (name: string, criticality: Criticality) => {
      await expect(acquireFor(criticality, 400)).rejects.toThrow(PoolBusy);
      ended.push(name);
    };
    const critical = acquireFor(Criticality.CRITICAL, 400);
    await Promise.all([
      leaves("default", Criticality.DEFAULT),
      leaves("sheddable", Criticality.SHEDDABLE),
    ]);
    expect(ended).toEqual(["sheddable", "default"]);
    expect(pool.statistics().waiting).toBe(1);
    pool.release(held, false);
    pool.release(await critical, false);
  });

  test("is left when a statement would come too late, by all but critical calls", async () => {
    const slow = await pool.acquire(undefined);
    await slow.query("select pg_sleep(1)");
    pool.release(slow, false); // the mean is 60 ms at least, from 0
    const held = await pool.acquire(undefined);
    const critical = acquireFor(Criticality.CRITICAL, LONG_MS);
    for (const criticality of [Criticality.DEFAULT, Criticality.SHEDDABLE]) {
      await expect(acquireFor(criticality, 100)).rejects.toThrow(/within (50|[1-4]?\d) ms/);
    }
    expect(pool.statistics().waiting).toBe(1);
    pool.release(held, false);
    pool.release(await critical, false);

    // A connection that is free is lent, whatever is left.
    pool.release(await acquireFor(Criticality.SHEDDABLE, 100), false);
  });

  test("lets a canceled query go on for twice a usual hold, and never for long", async () => {
    const client = await pool.acquire(undefined);
    await client.query("select pg_sleep(2.5)");
    pool.release(client, false);
    expect(pool.cancelDelayMs()).toBe(250);
    for (let n = 0; n < 200; n++) {
      const quick = await pool.acquire(undefined);
      await quick.query("select 1");
      pool.release(quick, false);
    }
    expect(pool.cancelDelayMs()).toBeLessThan(250);
  });

  test("holds most calls until their deadline", async () => {
    const held = await pool.acquire(undefined);
    const patient = [Criticality.DEFAULT, Criticality.SHEDDABLE].map((one) =>
      acquireFor(one, LONG_MS),
    );
    expect(pool.statistics().waiting).toBe(2);
    pool.release(held, false);
    for (const one of patient) pool.release(await one, false);
  });
});
