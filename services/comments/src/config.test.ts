import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { describeConfiguration } from "@triptych/chassis/configuration/read-configuration";
import { CONFIGURATION_FIELDS, readConfig } from "./config.ts";

const README = new URL("../README.md", import.meta.url);

describe("the configuration", () => {
  test("names everything that must be set, at once", () => {
    const read = () => readConfig({});
    expect(read).toThrow(ConfigurationError);
    for (const variable of [
      "GRPC_PORT",
      "METRICS_PORT",
      "DATABASE_URL",
      "ACCESS_TOKEN_PUBLIC_KEYS",
      "IMAGES_ADDRESS",
    ]) {
      expect(read).toThrow(variable);
    }
  });

  test("leaves this machine only with TLS, or if it is told that the network is trusted", () => {
    const far = { GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: "images:8082" };
    const away = /GRPC_HOST must name loopback.*IMAGES_ADDRESS must name loopback/;
    expect(() => readConfig(far)).toThrow(away);
    expect(() => readConfig({ ...far, ALLOW_PLAINTEXT: "true" })).not.toThrow(away);
    const files = { TLS_CERTIFICATE_FILE: "a", TLS_KEY_FILE: "b", TLS_CA_FILE: "c" };
    expect(() => readConfig({ ...far, ...files })).not.toThrow(away);
  });

  test("stands in the README, line by line", async () => {
    const readme = await readFile(README, "utf8");
    for (const { variable, expected, default: value = "", description } of describeConfiguration(
      CONFIGURATION_FIELDS,
    )) {
      const cells = ["", `\`${variable}\``, expected, value, description, ""];
      expect(readme).toContain(cells.join(" | ").trim().replaceAll(/ {2,}/g, " "));
    }
  });
});
