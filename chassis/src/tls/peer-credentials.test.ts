import { createLogger } from "#telemetry/logger.ts";
import { openPeerCredentials } from "./peer-credentials.ts";

const NONE = {
  tlsCertificateFile: undefined,
  tlsKeyFile: undefined,
  tlsCaFile: undefined,
  allowPlaintext: false,
};

describe("openPeerCredentials", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const logger = createLogger({ service: "test", level: "info", destination: { write } });
  beforeEach(() => lines.splice(0));

  test("returns undefined without files, and logs nothing", async () => {
    await expect(openPeerCredentials("users", NONE, logger)).resolves.toBeUndefined();
    expect(lines).toEqual([]);
  });

  test("warns at every start if plaintext is allowed", async () => {
    const settings = { ...NONE, allowPlaintext: true };
    await expect(openPeerCredentials("users", settings, logger)).resolves.toBeUndefined();
    await expect(openPeerCredentials("users", settings, logger)).resolves.toBeUndefined();
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      Array(2).fill(
        expect.objectContaining({
          level: "warn",
          message: expect.stringContaining("ALLOW_PLAINTEXT is true"),
        }),
      ),
    );
  });

  test("refuses incomplete TLS settings, also if plaintext is allowed", async () => {
    const settings = { ...NONE, tlsKeyFile: "/tls/tls.key", allowPlaintext: true };
    await expect(openPeerCredentials("users", settings, logger)).rejects.toMatchObject({
      violations: [{ variable: "TLS_CERTIFICATE_FILE" }, { variable: "TLS_CA_FILE" }],
    });
  });
});
