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

  test("gives nothing without files, and has nothing to say of it: it is among processes of one machine", async () => {
    await expect(openPeerCredentials("users", NONE, logger)).resolves.toBeUndefined();
    expect(lines).toEqual([]);
  });

  test("warns at every start of a network that is trusted", async () => {
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

  test("is content with nothing by halves", async () => {
    const settings = { ...NONE, tlsKeyFile: "/tls/tls.key", allowPlaintext: true };
    await expect(openPeerCredentials("users", settings, logger)).rejects.toMatchObject({
      violations: [{ variable: "TLS_CERTIFICATE_FILE" }, { variable: "TLS_CA_FILE" }],
    });
  });
});
