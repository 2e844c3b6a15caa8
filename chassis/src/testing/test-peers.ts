import { connect } from "node:tls";
import { credentials, ServerCredentials } from "@grpc/grpc-js";
import { createLogger, type Logger } from "#telemetry/logger.ts";
import { openPeerCredentials, type PeerCredentials } from "#tls/peer-credentials.ts";
import {
  type TestAuthority,
  type TestCertificate,
  writeTestCertificates,
} from "./test-certificates.ts";

/** The credentials of a process, from files that a test writes. */
export interface TestPeers extends AsyncDisposable {
  readonly peers: PeerCredentials;
  /** Overwrites the files. */
  write(pair: TestCertificate, ca: string): Promise<void>;
}

/** Opens the credentials of the process of that name, as its `main.ts` does. */
export async function openTestPeers(
  name: string,
  authority: TestAuthority,
  logger: Logger = createLogger({ service: "test", level: "silent" }),
): Promise<TestPeers> {
  const files = await writeTestCertificates(authority.signFor(name), authority.certificate);
  const settings = {
    tlsCertificateFile: files.paths.certificate,
    tlsKeyFile: files.paths.key,
    tlsCaFile: files.paths.ca,
    allowPlaintext: false,
  };
  const peers = await openPeerCredentials(name, settings, logger);
  if (peers === undefined) throw new Error("there are certificates, and they were not opened");
  return {
    peers,
    write: files.write,
    async [Symbol.asyncDispose]() {
      peers[Symbol.dispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

/**
 * Returns the credentials of a client that presents any certificate, or none, and accepts any
 * callee of that CA.
 */
export function peersWith(pair: TestCertificate | undefined, ca: string): PeerCredentials {
  const [key, certificate] = [pair?.key, pair?.certificate].map((text) =>
    text === undefined ? null : Buffer.from(text),
  );
  const acceptAny = { checkServerIdentity: () => undefined };
  return {
    forServer: () => ServerCredentials.createInsecure(),
    forCallee: () => credentials.createSsl(Buffer.from(ca), key, certificate, acceptAny),
    validities: () => new Map(),
    [Symbol.dispose]: () => {},
  };
}

/** Connects with TLS 1.2 at most, or rejects. */
export function connectWithTls12(port: number, pair: TestCertificate, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      cert: pair.certificate,
      key: pair.key,
      ca,
      maxVersion: "TLSv1.2",
      ALPNProtocols: ["h2"],
      checkServerIdentity: () => undefined,
    });
    socket.on("error", reject).on("secureConnect", () => {
      socket.destroy();
      resolve();
    });
  });
}
