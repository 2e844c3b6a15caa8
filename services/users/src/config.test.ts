import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import { describeConfiguration } from "@triptych/chassis/configuration/read-configuration";
import { generateKeyPair } from "@triptych/chassis/identity/keys";
import { CONFIGURATION_FIELDS, readConfig } from "./config.ts";

const README = new URL("../README.md", import.meta.url);

const { privateJwk, publicJwks } = generateKeyPair("2026-01");
const ENVIRONMENT = {
  GRPC_PORT: "7001",
  METRICS_PORT: "7101",
  DATABASE_URL: "postgres://users:secret@127.0.0.1:5432/users",
  ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(publicJwks),
  ACCESS_TOKEN_PRIVATE_KEY: JSON.stringify(privateJwk),
  IMAGES_ADDRESS: "127.0.0.1:7002",
};

function faultsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown.message;
    throw thrown;
  }
  return "";
}

describe("the configuration of users", () => {
  test("reads the keys, several public ones by kid", () => {
    const keys = [...publicJwks.keys, ...generateKeyPair("2025-12").publicJwks.keys];
    const text = JSON.stringify({ keys });
    const configuration = readConfig({ ...ENVIRONMENT, ACCESS_TOKEN_PUBLIC_KEYS: text });
    expect(configuration.accessTokenPrivateKey).toEqual(privateJwk);
    expect(configuration.accessTokenPublicKeys).toEqual({ keys });
  });

  test("reads who the operators are: nobody if it is not said, and nothing but ids", () => {
    const [ada, bob] = ["019aaf3e-6c2b-7cc0-8a44-000000000001", randomUUID()];
    const read = (ids: string) =>
      readConfig({ ...ENVIRONMENT, OPERATOR_USER_IDS: ids }).operatorUserIds;
    expect(readConfig(ENVIRONMENT).operatorUserIds).toEqual([]);
    expect(read(`${ada.toUpperCase()}, ${bob}`)).toEqual([ada, bob]);
    for (const ids of ["ada", `${ada},*`, `${ada} ${bob}`]) {
      expect(faultsOf({ ...ENVIRONMENT, OPERATOR_USER_IDS: ids })).toContain("OPERATOR_USER_IDS");
    }
  });

  test("names every variable that is missing", () => {
    const faults = faultsOf({});
    for (const name of Object.keys(ENVIRONMENT)) expect(faults).toContain(name);
  });

  test("leaves this machine only with TLS, or if it is told that the network is trusted", () => {
    const far = { ...ENVIRONMENT, GRPC_HOST: "0.0.0.0", IMAGES_ADDRESS: "images:8082" };
    expect(faultsOf(far)).toMatch(
      /GRPC_HOST must name loopback.*IMAGES_ADDRESS must name loopback/,
    );
    expect(faultsOf({ ...far, ALLOW_PLAINTEXT: "true" })).toBe("");
    const files = { TLS_CERTIFICATE_FILE: "tls.crt", TLS_KEY_FILE: "tls.key" };
    expect(faultsOf({ ...far, ...files })).toContain("TLS_CA_FILE is not set");
    expect(faultsOf({ ...far, ...files, TLS_CA_FILE: "ca.crt" })).toBe("");
  });

  test("refuses a private key that is none, and never repeats it", () => {
    const { d: _, ...withoutSecret } = privateJwk;
    for (const text of [JSON.stringify(withoutSecret), "not JSON: kept-secret"]) {
      const faults = faultsOf({ ...ENVIRONMENT, ACCESS_TOKEN_PRIVATE_KEY: text });
      expect(faults).toContain("ACCESS_TOKEN_PRIVATE_KEY");
      expect(faults).not.toContain("kept-secret");
    }
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
