import { readFileSync } from "node:fs";
import { describeConfiguration } from "@triptych/chassis/configuration/read-configuration";
import { CONFIGURATION_FIELDS, readConfig } from "./config.ts";

describe("the settings of the gateway", () => {
  it("name every fault at once", () => {
    const environment = { PORT: "eighty", RATE_LIMIT_USER_PER_MINUTE: "0" };
    expect(() => readConfig(environment)).toThrow(
      /PORT must be .*USERS_ADDRESS is not set.*RATE_LIMIT_USER_PER_MINUTE must be/s,
    );
  });

  it("stand in the README as they are", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const row of describeConfiguration(CONFIGURATION_FIELDS)) {
      const line = `| \`${row.variable}\` | ${row.expected} | ${row.default ?? ""} | ${row.description} |`;
      expect(readme).toContain(line.replace("|  |", "| |"));
    }
  });
});
