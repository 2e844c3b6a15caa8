import type { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
import { ConfigurationError } from "#configuration/configuration-error.ts";
import type { Logger } from "#telemetry/logger.ts";
import { CertificateFiles } from "./certificate-files.ts";
import type { CertificateValidities } from "./certificate-validity.ts";
import { validitiesOf } from "./certificates.ts";
import { createChannelCredentials } from "./channel-credentials.ts";
import { findPeerViolations, type PeerSettings } from "./peer-violations.ts";
import { FileServerCredentials } from "./server-credentials.ts";

/** Mutual TLS: a process proves its name, and learns the names of its peers. */
export interface PeerCredentials extends Disposable {
  /** For a server, which requires a certificate of each client. */
  forServer(): ServerCredentials;
  /** For a client, which requires that the callee is the process of that name. */
  forCallee(name: string): ChannelCredentials;
  /** The validities of the certificates in use. */
  validities(): CertificateValidities;
}

/**
 * Opens the certificates of the process of that name. Returns undefined if the settings name none:
 * all peers are unauthenticated then, and the log warns if that is allowed beyond loopback.
 *
 * @throws ConfigurationError if some are missing or unusable.
 */
export async function openPeerCredentials(
  name: string,
  settings: PeerSettings,
  logger: Logger,
): Promise<PeerCredentials | undefined> {
  const violations = findPeerViolations(settings, {});
  if (violations.length > 0) throw new ConfigurationError(violations);
  const { tlsCertificateFile: certificate, tlsKeyFile: key, tlsCaFile: ca } = settings;
  if (certificate === undefined || key === undefined || ca === undefined) {
    if (settings.allowPlaintext) {
      logger.warn(
        "ALLOW_PLAINTEXT is true: gRPC is not encrypted, and anyone who reaches this process may call it",
      );
    }
    return undefined;
  }
  const files = await CertificateFiles.open(name, { certificate, key, ca }, logger);
  return {
    forServer: () => new FileServerCredentials(files),
    forCallee: (callee) => createChannelCredentials(files, callee),
    validities: () => validitiesOf(files.current),
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}
