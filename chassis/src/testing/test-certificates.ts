import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificatePaths } from "#tls/certificates.ts";
import { processUri } from "#tls/process-uri.ts";
import { der } from "./der.ts";

const HOUR_MS = 3_600_000;
const ED25519 = der.sequence(der.objectId("1.3.101.112"));

/** The options of a test certificate. */
interface TestCertificateOptions {
  /** The URIs among its subject alternative names. */
  readonly uris: readonly string[];
  readonly dnsNames?: readonly string[];
  /** True returns one that expired an hour ago. */
  readonly expired?: boolean;
}

/** A certificate and its key, in PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A CA for tests. */
export interface TestAuthority {
  /** Its own certificate, in PEM. */
  readonly certificate: string;
  /** Signs a new certificate, with a new key. */
  sign(options: TestCertificateOptions): TestCertificate;
  /** Signs a certificate for the process of that name. */
  signFor(name: string): TestCertificate;
}

/**
 * Returns a new CA: Ed25519, valid for three hours, of which `leftMs` are left. Its certificates
 * expire with it.
 */
export function createTestAuthority(leftMs = HOUR_MS): TestAuthority {
  const issuer = `test ${randomBytes(4).toString("hex")}`;
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const basic = der.sequence(der.true());
  const own = { issuer, issuerKey: privateKey, subject: issuer, publicKey };
  const signLeaf = ({ uris, dnsNames = [], expired = false }: TestCertificateOptions) => {
    const pair = generateKeyPairSync("ed25519");
    const subject = `process ${randomBytes(4).toString("hex")}`;
    const names = [
      ...uris.map((uri) => der.context(6, Buffer.from(uri))),
      ...dnsNames.map((name) => der.context(2, Buffer.from(name))),
    ];
    const extensions = names.length === 0 ? [] : [extension("2.5.29.17", der.sequence(...names))];
    const certificate = writeCertificate(
      { issuer, issuerKey: privateKey, subject, publicKey: pair.publicKey },
      { extensions, endMs: Date.now() + (expired ? -HOUR_MS : leftMs) },
    );
    const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    return { certificate, key };
  };
  return {
    certificate: writeCertificate(own, {
      extensions: [extension("2.5.29.19", basic, "critical")],
      endMs: Date.now() + leftMs,
    }),
    sign: signLeaf,
    signFor: (name) => signLeaf({ uris: [processUri(name)] }),
  };
}

/** The three files of a process, in a new folder. */
export interface TestCertificateFiles extends AsyncDisposable {
  readonly paths: CertificatePaths;
  /** Overwrites the files one by one, not atomically. */
  write(pair: TestCertificate, ca: string): Promise<void>;
}

/** Writes a process's certificate, key and CAs to files. */
export async function writeTestCertificates(
  pair: TestCertificate,
  ca: string,
): Promise<TestCertificateFiles> {
  const folder = await mkdtemp(join(tmpdir(), "triptych-certificates-"));
  const paths = {
    certificate: join(folder, "tls.crt"),
    key: join(folder, "tls.key"),
    ca: join(folder, "ca.crt"),
  };
  const write = async (next: TestCertificate, nextCa: string) => {
    await writeFile(paths.certificate, next.certificate);
    await writeFile(paths.key, next.key);
    await writeFile(paths.ca, nextCa);
  };
  await write(pair, ca);
  return {
    paths,
    write,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

interface Parties {
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly subject: string;
  readonly publicKey: KeyObject;
}

/** Writes and signs an X.509 certificate (RFC 5280, 4.1), in PEM, that is valid for three hours. */
function writeCertificate(
  { issuer, issuerKey, subject, publicKey }: Parties,
  { extensions, endMs }: { readonly extensions: readonly Buffer[]; readonly endMs: number },
): string {
  const version3 = der.context(0, der.integer(Buffer.of(2)), "constructed");
  const signed = der.sequence(
    version3,
    der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ED25519,
    distinguishedName(issuer),
    der.sequence(der.time(new Date(endMs - 3 * HOUR_MS)), der.time(new Date(endMs))),
    distinguishedName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length === 0
      ? []
      : [der.context(3, der.sequence(...extensions), "constructed")]),
  );
  const bytes = der.sequence(signed, ED25519, der.bits(sign(null, signed, issuerKey)));
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(commonName: string): Buffer {
  const attribute = der.sequence(der.objectId("2.5.4.3"), der.text(commonName));
  return der.sequence(der.set(attribute));
}

function extension(id: string, value: Buffer, kind?: "critical"): Buffer {
  const critical = kind === "critical" ? [der.true()] : [];
  return der.sequence(der.objectId(id), ...critical, der.octets(value));
}
