import type { SecureContextOptions } from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";
import type { CertificateFiles } from "./certificate-files.ts";
import type { Certificates } from "./certificates.ts";

/**
 * The TLS credentials of a server, which requires TLS 1.3 and a certificate of one of the CAs. New
 * connections use the files as they are then.
 */
export class FileServerCredentials extends ServerCredentials {
  constructor(files: CertificateFiles) {
    super({ requestCert: true, rejectUnauthorized: true }, contextOf(files.current));
    files.add((certificates) => this.updateSecureContextOptions(contextOf(certificates)));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

function contextOf({ certificate, key, ca }: Certificates): SecureContextOptions {
  return { cert: certificate, key, ca, minVersion: "TLSv1.3" };
}
