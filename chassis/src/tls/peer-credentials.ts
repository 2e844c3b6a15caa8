import type { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
import { ConfigurationError } from "#configuration/configuration-error.ts";
import type { Logger } from "#telemetry/logger.ts";
import { CertificateFiles } from "./certificate-files.ts";
import type { CertificateValidities } from "./certificate-validity.ts";
import { validitiesOf } from "./certificates.ts";
import { createChannelCredentials } from "./channel-credentials.ts";
import { findPeerViolations, type PeerSettings } from "./peer-violations.ts";
import { FileServerCredentials } from "./server-credentials.ts";

/** How a process proves by mutual TLS who it is, and learns who the others are. */
export interface PeerCredentials extends Disposable {
  /** For a server: whoever connects proves its name. */
  forServer(): ServerCredentials;
  /** For a client: the callee proves that it is the process of that name. */
  forCallee(name: string): ChannelCredentials;
  /** When what is shown and trusted now is good. */
  validities(): CertificateValidities;
}

/**
 * Opens the certificates of the process of that name. Undefined if there are none: nobody then
 * proves anything, and the log says so if that is not only among processes of one machine.
 *
 * @throws ConfigurationError if some are missing, or cannot be used.
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
        "ALLOW_PLAINTEXT is true: gRPC is not encrypted, and whoever reaches this process may call it",
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
