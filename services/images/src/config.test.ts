import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { describeConfiguration } from "@triptych/chassis/configuration/read-configuration";
import {
  CONFIGURATION_FIELDS,
  readConfig,
  readWorkerConfig,
  WORKER_CONFIGURATION_FIELDS,
} from "./config.ts";

const README = new URL("../README.md", import.meta.url);

describe("the configuration", () => {
  it("names everything that must be set, at once", () => {
    const shared = ["DATABASE_URL", "BLOB_DIRECTORY"];
    const service = [...shared, "GRPC_PORT", "METRICS_PORT", "ACCESS_TOKEN_PUBLIC_KEYS"];
    expect(() => readWorkerConfig({})).toThrow(ConfigurationError);
    for (const variable of shared) expect(() => readWorkerConfig({})).toThrow(variable);
    for (const variable of service) expect(() => readConfig({})).toThrow(variable);
  });

  it("lets a worker go without a port for operators", () => {
    const environment = { DATABASE_URL: "postgres://a@b/c", BLOB_DIRECTORY: "/blobs" };
    expect(readWorkerConfig(environment)).toMatchObject({
      metricsPort: undefined,
      workerConcurrency: 1,
    });
  });

  it.each([CONFIGURATION_FIELDS, WORKER_CONFIGURATION_FIELDS])(
    "stands in the README, line by line",
    async (fields) => {
      const readme = await readFile(README, "utf8");
      for (const row of describeConfiguration(fields)) {
        const cells = [
          "",
          `\`${row.variable}\``,
          row.expected,
          row.default ?? "",
          row.description,
          "",
        ];
        expect(readme).toContain(cells.join(" | ").trim().replaceAll(/ {2,}/g, " "));
      }
    },
  );
});
