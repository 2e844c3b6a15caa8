import { randomUUID } from "node:crypto";
import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { generateKeyPair } from "@triptych/chassis/identity/keys";
import { compareSettings } from "@triptych/chassis/testing/compare-settings";
import { CONFIGURATION_FIELDS, readConfig } from "./config.ts";

const READMES = {
  own: new URL("../README.md", import.meta.url),
  shared: new URL("../../README.md", import.meta.url),
};

const { privateJwk, publicJwks } = generateKeyPair("2026-01");
const ENVIRONMENT = {
  GRPC_PORT: "7001",
  METRICS_PORT: "7101",
  DATABASE_URL: "postgres://users:secret@127.0.0.1:5432/users",
  ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(publicJwks),
  ACCESS_TOKEN_PRIVATE_KEY: JSON.stringify(privateJwk),
  IMAGES_ADDRESS: "127.0.0.1:7002",
};

function violationsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown.message;
    throw thrown;
  }
  return "";
}

describe("the configuration of users", () => {
  test("reads the keys: one private, and several public ones by kid", () => {
    const keys = [...publicJwks.keys, ...generateKeyPair("2025-12").publicJwks.keys];
    const text = JSON.stringify({ keys });
    const configuration = readConfig({ ...ENVIRONMENT, ACCESS_TOKEN_PUBLIC_KEYS: text });
    expect(configuration.accessTokenPrivateKey).toEqual(privateJwk);
    expect(configuration.accessTokenPublicKeys).toEqual({ keys });
  });

  test("reads the operators' ids: none by default, and nothing but ids", () => {
    const [ada, bob] = ["019aaf3e-6c2b-7cc0-8a44-000000000001", randomUUID()];
    const read = (ids: string) =>
      readConfig({ ...ENVIRONMENT, OPERATOR_USER_IDS: ids }).operatorUserIds;
    expect(readConfig(ENVIRONMENT).operatorUserIds).toEqual([]);
    expect(read(`${ada.toUpperCase()}, ${bob}`)).toEqual([ada, bob]);
    for (const ids of ["ada", `${ada},*`, `${ada} ${bob}`]) {
      expect(violationsOf({ ...ENVIRONMENT, OPERATOR_USER_IDS: ids })).toContain(
        "OPERATOR_USER_IDS",
      );
    }
  });

  test("names every missing variable at once", () => {
    const violations = violationsOf({});
    for (const name of Object.keys(ENVIRONMENT)) expect(violations).toContain(name);
  });

  test("allows addresses beyond loopback only with TLS, or with ALLOW_PLAINTEXT", () => {
    const far = { ...ENVIRONMENT, GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: "images:8082" };
    expect(violationsOf(far)).toMatch(
      /GRPC_HOST must name loopback.*IMAGES_ADDRESS must name loopback/,
    );
    expect(violationsOf({ ...far, ALLOW_PLAINTEXT: "true" })).toBe("");
    const files = { TLS_CERTIFICATE_FILE: "tls.crt", TLS_KEY_FILE: "tls.key" };
    expect(violationsOf({ ...far, ...files })).toContain("TLS_CA_FILE is not set");
    expect(violationsOf({ ...far, ...files, TLS_CA_FILE: "ca.crt" })).toBe("");
  });

  test("refuses a malformed private key, and never repeats it", () => {
    const { d: _, ...withoutSecret } = privateJwk;
    for (const text of [JSON.stringify(withoutSecret), "not JSON: kept-secret"]) {
      const violations = violationsOf({ ...ENVIRONMENT, ACCESS_TOKEN_PRIVATE_KEY: text });
      expect(violations).toContain("ACCESS_TOKEN_PRIVATE_KEY");
      expect(violations).not.toContain("kept-secret");
    }
  });

  test("stands in the README of the service or of all services, row by row", async () => {
    const difference = await compareSettings(READMES, CONFIGURATION_FIELDS);
    expect(difference).toEqual({ missing: [], surplus: [] });
  });
});
