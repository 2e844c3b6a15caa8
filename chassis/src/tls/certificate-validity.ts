import { X509Certificate } from "node:crypto";

/** The role of a certificate: the process's own, or that of a CA that it trusts. */
export type CertificateRole = "own" | "ca";

/** The validity of a certificate, in X.509's words. */
interface CertificateValidity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The validities of a process's certificates, by role. */
export type CertificateValidities = ReadonlyMap<CertificateRole, CertificateValidity>;

/** The blocks that OpenSSL reads, with any text between them. */
const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----.*?-----END \1-----/gs;

/**
 * Reads the validity of the certificates in a PEM file: of several the one that expires first,
 * since its users fail then. Throws if there is none, or one that cannot be read.
 */
export function readValidity(pem: Buffer): CertificateValidity {
  const [first, ...others] = [...pem.toString("latin1").matchAll(CERTIFICATE)].map(([text]) => {
    const { validFromDate: notBefore, validToDate: notAfter } = new X509Certificate(text);
    return { notBefore, notAfter };
  });
  if (first === undefined) throw new Error("there is no certificate");
  return others.reduce((one, other) => (other.notAfter < one.notAfter ? other : one), first);
}
