import { readFileSync } from "node:fs";
import { describeConfiguration } from "@triptych/chassis/configuration/read-configuration";
import { generateKeyPair } from "@triptych/chassis/identity/keys";
import { CONFIGURATION_FIELDS, readConfig } from "./config.ts";

describe("the settings of the gateway", () => {
  test("report every bad setting at once", () => {
    const environment = { PORT: "eighty", RATE_LIMIT_USER_PER_MINUTE: "0" };
    expect(() => readConfig(environment)).toThrow(
      /PORT must be .*USERS_ADDRESS is not set.*RATE_LIMIT_USER_PER_MINUTE must be/s,
    );
  });

  test("allow calls to other machines only with TLS, or in a network declared as trusted", () => {
    const environment = {
      USERS_ADDRESS: "127.0.0.1:1",
      IMAGES_ADDRESS: "10.0.0.7:2,10.0.0.8:2",
      COMMENTS_ADDRESS: "comments:3",
      HOST: "0.0.0.0",
      ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(generateKeyPair("test").publicJwks),
    };
    const read = (more: Record<string, string>) => () => readConfig({ ...environment, ...more });
    expect(read({})).toThrow(/^IMAGES_ADDRESS must name loopback.*COMMENTS_ADDRESS must name/s);
    expect(read({ ALLOW_PLAINTEXT: "true" })).not.toThrow();
    const files = { TLS_CERTIFICATE_FILE: "a", TLS_KEY_FILE: "b", TLS_CA_FILE: "c" };
    expect(read(files)).not.toThrow();
  });

  test("equal the table in the README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const row of describeConfiguration(CONFIGURATION_FIELDS)) {
      const line = `| \`${row.variable}\` | ${row.expected} | ${row.default ?? ""} | ${row.description} |`;
      expect(readme).toContain(line.replace("|  |", "| |"));
    }
  });
});
