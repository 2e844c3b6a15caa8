import { type ChannelCredentials, experimental } from "@grpc/grpc-js";
import type { CertificateFiles, CertificateListener } from "./certificate-files.ts";
import { processNameOf, processUri } from "./process-uri.ts";

/**
 * Returns the TLS credentials of a client. It presents its own certificate, and requires one of the
 * callee that is signed by one of the CAs and names the callee's process. The address does not
 * matter, since pods change theirs. Each new connection uses the files as they are then.
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
 * Adapts the files to grpc-js, which has separate listeners for CAs and certificates. Both are
 * called in the same tick.
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
