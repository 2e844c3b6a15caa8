import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { createServiceDatabase } from "./service-database.ts";

describe("a service's database", () => {
  test("logs each change of read-only mode once, and shows it as a metric", async () => {
    const written: string[] = [];
    const destination = { write: (line: string) => void written.push(line) };
    const metrics = createMetrics({ service: "images" });
    const database = createServiceDatabase({
      name: "images",
      url: "postgres://nobody@127.0.0.1:1/none",
      poolMax: 1,
      failurePolicy: "on",
      metrics,
      logger: createLogger({ service: "images", level: "info", destination }),
    });
    const gauge = async () => (await metrics.readOnly.get()).values.map(({ value }) => value);

    expect(await gauge()).toEqual([0]);
    database.readOnly.set(true);
    database.readOnly.set(true);
    expect(await gauge()).toEqual([1]);
    database.readOnly.set(false);
    expect(await gauge()).toEqual([0]);
    expect(written.map((line) => JSON.parse(line))).toMatchObject([
      { level: "warn", message: "writes are refused", operator: true, primary: "writable" },
      { level: "info", message: "writes are accepted again", operator: false },
    ]);
    await database.close();
  });
});
