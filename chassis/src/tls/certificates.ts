import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { ConfigurationError } from "#configuration/configuration-error.ts";
import { PEER_FIELDS } from "#configuration/service-settings.ts";
import { type CertificateValidities, readValidity } from "./certificate-validity.ts";
import { processNameOf, processUri } from "./process-uri.ts";

/** The paths of a process's certificate, its key, and the CAs. */
export interface CertificatePaths {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/** The content of these files, in PEM. */
export interface Certificates {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/**
 * Reads the three files. Throws a ConfigurationError that names the setting of an unreadable one.
 */
export async function readCertificates(paths: CertificatePaths): Promise<Certificates> {
  const [certificate, key, ca] = await Promise.all([
    read("tlsCertificateFile", paths.certificate),
    read("tlsKeyFile", paths.key),
    read("tlsCaFile", paths.ca),
  ]);
  return { certificate, key, ca };
}

/**
 * Checks that the process of that name can use the certificates: its own names it and is valid now,
 * the key belongs to it, and there is at least one CA. Throws a ConfigurationError that says what
 * is wrong, and shows no part of a key.
 */
export function checkCertificates({ certificate, key, ca }: Certificates, name: string): void {
  const own = parse("tlsCertificateFile", "a certificate in PEM", () => {
    return new X509Certificate(certificate);
  });
  const privateKey = parse("tlsKeyFile", "a private key in PEM, without a password", () => {
    return createPrivateKey(key);
  });
  parse("tlsCertificateFile", "certificates in PEM", () => readValidity(certificate));
  parse("tlsCaFile", "certificates in PEM", () => readValidity(ca));
  if (processNameOf(own.subjectAltName) !== name) {
    throw errorOf("tlsCertificateFile", `must have the URI ${processUri(name)} and no other`);
  }
  if (own.validToDate.getTime() <= Date.now()) {
    throw errorOf("tlsCertificateFile", `must be valid, and is not since ${own.validTo}`);
  }
  if (!own.checkPrivateKey(privateKey)) {
    throw errorOf("tlsKeyFile", "must be the key of the certificate in TLS_CERTIFICATE_FILE");
  }
  parse("tlsCaFile", "CAs, and the certificate with what leads to one of them", () => {
    return createSecureContext({ cert: certificate, key, ca });
  });
}

/**
 * Returns the validities, by role: the process's own certificate with its intermediates, and the
 * CAs. They were checked before.
 */
export function validitiesOf({ certificate, ca }: Certificates): CertificateValidities {
  return new Map([
    ["own", readValidity(certificate)],
    ["ca", readValidity(ca)],
  ]);
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
};

/** Returns in words why a file cannot be read. */
export function describeReadError(error: unknown): string {
  const code = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return READ_ERRORS[String(code)] ?? String(code);
}

type Setting = keyof typeof PEER_FIELDS;

async function read(setting: Setting, path: string): Promise<Buffer> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    throw errorOf(
      setting,
      `names ${path}, which cannot be read: ${describeReadError(cause)}`,
      cause,
    );
  }
  if (content.length === 0) throw errorOf(setting, `names ${path}, which is empty`);
  return content;
}

function parse<T>(setting: Setting, expected: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw errorOf(setting, `must name a file with ${expected}`, cause);
  }
}

function errorOf(setting: Setting, message: string, cause?: unknown): ConfigurationError {
  const error = new ConfigurationError([{ variable: PEER_FIELDS[setting].variable, message }]);
  error.cause = cause;
  return error;
}
