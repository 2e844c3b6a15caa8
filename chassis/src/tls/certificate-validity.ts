import { X509Certificate } from "node:crypto";

/** Whose certificate it is: the process's, or a CA's that it trusts. */
export type CertificateRole = "own" | "ca";

/** From when to when a certificate is good. */
interface CertificateValidity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a process's certificates say of their time, by whose they are. */
export type CertificateValidities = ReadonlyMap<CertificateRole, CertificateValidity>;

/** As OpenSSL reads them, with whatever stands between. */
const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----.*?-----END \1-----/gs;

/**
 * Reads when the certificates of a file in PEM are good: if there are several, the one that ends
 * first, since whoever needs it is lost then. Throws if there is none, or one that cannot be read.
 */
export function readValidity(pem: Buffer): CertificateValidity {
  const [first, ...others] = [...pem.toString("latin1").matchAll(CERTIFICATE)].map(([text]) => {
    const { validFromDate: notBefore, validToDate: notAfter } = new X509Certificate(text);
    return { notBefore, notAfter };
  });
  if (first === undefined) throw new Error("there is no certificate");
  return others.reduce((one, other) => (other.notAfter < one.notAfter ? other : one), first);
}
