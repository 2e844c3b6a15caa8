import type { PeerCertificate } from "node:tls";
import { processNameOf } from "./process-uri.ts";

/**
 * The other end of a connection: a process that proved its name by its certificate, or an
 * unauthenticated peer.
 */
export type Peer =
  | { readonly kind: "process"; readonly name: string }
  | { readonly kind: "unauthenticated" };

/**
 * Reads the peer out of its verified certificate. Without one, or without a name in it, the peer is
 * unauthenticated.
 */
export function peerOf(certificate: PeerCertificate | undefined): Peer {
  const name = processNameOf(certificate?.subjectaltname);
  return name === undefined ? { kind: "unauthenticated" } : { kind: "process", name };
}
