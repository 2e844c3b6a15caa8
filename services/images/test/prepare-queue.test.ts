import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createTestDatabase, type TestDatabase } from "@triptych/chassis/testing/test-database";
import { MIGRATIONS } from "#migrations.ts";
import { prepareQueue } from "#queue/prepare-queue.ts";

const logger = createLogger({ service: "images", level: "fatal" });

describe("the preparation of the queue", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrations: MIGRATIONS });
  });
  afterAll(() => database.drop());

  const prepare = (start: () => Promise<void>) =>
    prepareQueue({ url: database.url, logger, start }, new AbortController().signal);

  test("is retried if the database fails before the queue is in use", async () => {
    let starts = 0;
    await prepare(async () => {
      starts++;
      if (starts === 1) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    });
    expect(starts).toBe(2);
  });

  test("fails with every other error", async () => {
    const defect = new TypeError("a defect");
    await expect(prepare(() => Promise.reject(defect))).rejects.toBe(defect);
  });
});
