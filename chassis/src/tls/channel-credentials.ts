import { type ChannelCredentials, experimental } from "@grpc/grpc-js";
import type { CertificateFiles, CertificateListener } from "./certificate-files.ts";
import { processNameOf, processUri } from "./process-uri.ts";

/**
 * What a client shows, and asks of the callee: a certificate of one of the CAs that names the
 * process that was meant. Where it was dialled plays no part: pods change their addresses. Each new
 * connection is given the files as they are then.
 */
export function createChannelCredentials(
  files: CertificateFiles,
  callee: string,
): ChannelCredentials {
  const provider = createProvider(files);
  return experimental.createCertificateProviderChannelCredentials(provider, provider, {
    checkServerIdentity(_, { subjectaltname }) {
      if (processNameOf(subjectaltname) === callee) return undefined;
      return new Error(
        `the certificate of ${processUri(callee)} is expected, not one of: ${subjectaltname}`,
      );
    },
  });
}

/**
 * Gives grpc-js the files in its own terms, in which CAs and certificates change apart; they are
 * told in one go.
 */
function createProvider(files: CertificateFiles): experimental.CertificateProvider {
  const listeners = new Map<unknown, CertificateListener>();
  const add = (key: unknown, listener: CertificateListener) => {
    listeners.set(key, listener);
    files.add(listener);
    listener(files.current);
  };
  const remove = (key: unknown) => {
    const listener = listeners.get(key);
    if (listener !== undefined) files.remove(listener);
    listeners.delete(key);
  };
  return {
    addCaCertificateListener: (tell) => add(tell, ({ ca }) => tell({ caCertificate: ca })),
    addIdentityCertificateListener: (tell) =>
      add(tell, ({ certificate, key }) => tell({ certificate, privateKey: key })),
    removeCaCertificateListener: remove,
    removeIdentityCertificateListener: remove,
  };
}
