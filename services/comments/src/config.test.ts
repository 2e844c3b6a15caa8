import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { compareSettings } from "@triptych/chassis/testing/compare-settings";
import { CONFIGURATION_FIELDS, readConfig } from "./config.ts";

const READMES = {
  own: new URL("../README.md", import.meta.url),
  shared: new URL("../../README.md", import.meta.url),
};

describe("the configuration", () => {
  test("names at once every setting that is missing", () => {
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

  test("requires TLS for other machines, unless plaintext is allowed", () => {
    const far = { GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: "images:8082" };
    const away = /GRPC_HOST must name loopback.*IMAGES_ADDRESS must name loopback/;
    expect(() => readConfig(far)).toThrow(away);
    expect(() => readConfig({ ...far, ALLOW_PLAINTEXT: "true" })).not.toThrow(away);
    const files = { TLS_CERTIFICATE_FILE: "a", TLS_KEY_FILE: "b", TLS_CA_FILE: "c" };
    expect(() => readConfig({ ...far, ...files })).not.toThrow(away);
  });

  test("stands in the README of the service or of all services, row by row", async () => {
    const difference = await compareSettings(READMES, CONFIGURATION_FIELDS);
    expect(difference).toEqual({ missing: [], surplus: [] });
  });
});
