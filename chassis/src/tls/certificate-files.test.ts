import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, type Logger } from "#telemetry/logger.ts";
import { eventually } from "#testing/eventually.ts";
import {
  createTestAuthority,
  type TestCertificateFiles,
  writeTestCertificates,
} from "#testing/test-certificates.ts";
import { CertificateFiles } from "./certificate-files.ts";
import { processUri } from "./process-uri.ts";

const authority = createTestAuthority();
const CA = authority.certificate;
const MINUTE_MS = 60_000;
const STAYS = "new certificates are unusable, and the former ones stay in use";

/** A log whose lines are collected. */
function keptLog(): { readonly logger: Logger; readonly of: (message: string) => unknown[] } {
  const lines: { readonly message: string }[] = [];
  const write = (line: string) => lines.push(JSON.parse(line));
  const logger = createLogger({ service: "test", level: "info", destination: { write } });
  return { logger, of: (message) => lines.filter((line) => line.message.startsWith(message)) };
}

describe("certificate files", () => {
  let files: TestCertificateFiles;
  const log = keptLog();
  const opened: CertificateFiles[] = [];

  const open = async (name = "users", paths = files.paths) => {
    const certificates = await CertificateFiles.open(name, paths, log.logger);
    opened.push(certificates);
    return certificates;
  };
  beforeEach(async () => {
    files = await writeTestCertificates(authority.signFor("users"), CA);
  });
  afterEach(async () => {
    for (const certificates of opened.splice(0)) certificates[Symbol.dispose]();
    await files[Symbol.asyncDispose]();
  });

  test("are reloaded when they have changed, all three at once", async () => {
    const certificates = await open();
    const seen: string[] = [];
    certificates.add(({ certificate }) => seen.push(certificate.toString()));
    const next = authority.signFor("users");
    await files.write(next, CA);
    await eventually(async () => certificates.current.certificate.toString() === next.certificate);
    expect(certificates.current.key.toString()).toBe(next.key);
    expect(seen).toEqual([next.certificate]);
  });

  test("are reloaded when the folder's link is swapped, as Kubernetes does it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "triptych-link-"));
    const put = async (version: string) => {
      const { certificate, key } = authority.signFor("users");
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, "tls.crt"), certificate);
      await writeFile(join(folder, version, "tls.key"), key);
      await writeFile(join(folder, version, "ca.crt"), CA);
      await symlink(version, join(folder, "next"));
      await rename(join(folder, "next"), join(folder, "..data"));
      return certificate;
    };
    await put("first");
    const [certificate, key, ca] = ["tls.crt", "tls.key", "ca.crt"].map((name) =>
      join(folder, "..data", name),
    ) as [string, string, string];
    const certificates = await open("users", { certificate, key, ca });
    const next = await put("second");
    await eventually(async () => certificates.current.certificate.toString() === next);
    await rm(folder, { recursive: true });
  });

  test("stay in use if new ones are unusable, which is logged once", async () => {
    const certificates = await open();
    const first = certificates.current;
    const before = log.of(STAYS).length;
    await writeFile(files.paths.certificate, "no certificate");
    await eventually(async () => log.of(STAYS).length > before);
    // The same content is read again and again, and reported once. Other bad content is reported
    // again.
    await rm(files.paths.certificate);
    await eventually(async () => log.of(STAYS).length > before + 1);
    expect(log.of(STAYS)).toHaveLength(before + 2);
    expect(certificates.current).toBe(first);
    const next = authority.signFor("users");
    await files.write(next, CA);
    await eventually(async () => certificates.current.certificate.toString() === next.certificate);
  });

  describe("log an expiry warning", () => {
    const warnings = () => log.of("a certificate ");
    let before: number;
    const since = () => warnings().slice(before);
    beforeEach(() => {
      before = warnings().length;
    });

    test("not while they are valid for long enough", async () => {
      await open();
      expect(since()).toEqual([]);
    });

    test("at the start, if the process's own has under a quarter of its time left", async () => {
      const ending = createTestAuthority(30 * MINUTE_MS);
      await files.write(ending.signFor("users"), ending.certificate);
      await open();
      expect(since()).toMatchObject([
        { level: "warn", role: "own", message: expect.stringContaining("expires soon") },
      ]);
    });

    test("at the start, if one of the CAs has expired", async () => {
      await files.write(
        authority.signFor("users"),
        CA + createTestAuthority(-MINUTE_MS).certificate,
      );
      await open();
      expect(since()).toMatchObject([
        { level: "warn", role: "ca", message: expect.stringContaining("has expired") },
      ]);
    });

    test("when they are read again", async () => {
      await open();
      const ending = createTestAuthority(5 * MINUTE_MS);
      await files.write(ending.signFor("users"), ending.certificate);
      await eventually(async () => since().length === 2);
      expect(since()).toMatchObject([{ role: "own" }, { role: "ca" }]);
    });
  });

  const otherKey = generateKeyPairSync("ed25519").privateKey;
  test.each([
    ["another process's certificate", "TLS_CERTIFICATE_FILE", authority.signFor("comments")],
    [
      "a certificate that is no longer valid",
      "TLS_CERTIFICATE_FILE",
      authority.sign({ uris: [processUri("users")], expired: true }),
    ],
    [
      "a certificate of two processes",
      "TLS_CERTIFICATE_FILE",
      authority.sign({ uris: [processUri("users"), processUri("gateway")] }),
    ],
    [
      "a key of another certificate",
      "TLS_KEY_FILE",
      {
        ...authority.signFor("users"),
        key: otherKey.export({ type: "pkcs8", format: "pem" }).toString(),
      },
    ],
    ["no key", "TLS_KEY_FILE", { ...authority.signFor("users"), key: "kept-secret" }],
  ])("are refused at the start with %s", async (_, variable, pair) => {
    await files.write(pair, CA);
    const opening = open();
    await expect(opening).rejects.toMatchObject({ violations: [{ variable }] });
    await expect(opening).rejects.not.toThrow("kept-secret");
  });

  test("are refused at the start if there is no CA, or a file is missing", async () => {
    await writeFile(files.paths.ca, "");
    await expect(open()).rejects.toMatchObject({ violations: [{ variable: "TLS_CA_FILE" }] });
    const paths = { ...files.paths, key: join(files.paths.key, "none") };
    await expect(open("users", paths)).rejects.toThrow("TLS_KEY_FILE names");
  });

  test("are refused with one sentence that names the setting, the file and the reason", async () => {
    const { key } = files.paths;
    const whole = await readFile(key);
    const violation = (message: string) => ({
      violations: [{ variable: "TLS_KEY_FILE", message }],
    });
    await writeFile(key, whole.subarray(0, whole.length / 2));
    await expect(open()).rejects.toMatchObject(
      violation("must name a file with a private key in PEM, without a password"),
    );
    await writeFile(key, "");
    await expect(open()).rejects.toMatchObject(violation(`names ${key}, which is empty`));
    await rm(key);
    await expect(open()).rejects.toMatchObject(
      violation(`names ${key}, which cannot be read: there is no such file`),
    );
    await mkdir(key);
    await expect(open()).rejects.toMatchObject(
      violation(`names ${key}, which cannot be read: it is a folder`),
    );
  });

  test("warn at the start of a key that others may read", async () => {
    const { key } = files.paths;
    const warnings = () => log.of("TLS_KEY_FILE: ").length;
    await chmod(key, 0o600);
    const before = warnings();
    await open();
    expect(warnings()).toBe(before);
    await chmod(key, 0o644);
    await open();
    expect(log.of("TLS_KEY_FILE: ").at(-1)).toMatchObject({
      level: "warn",
      message: `TLS_KEY_FILE: other users may read ${key} (its mode is 644): chmod 600 ${key}`,
    });
    expect(warnings()).toBe(before + 1);
  });
});
