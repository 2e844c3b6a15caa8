import type { PeerCertificate } from "node:tls";
import { nameOf } from "./process-uri.ts";

/**
 * Who is at the other end of a call: a process that proved its name, or somebody whose certificate
 * names none.
 */
export type Peer =
  | { readonly kind: "process"; readonly name: string }
  | { readonly kind: "stranger" };

/**
 * Reads who is at the other end out of the certificate that was verified; undefined is a
 * stranger's.
 */
export function peerOf(certificate: PeerCertificate | undefined): Peer {
  const name = nameOf(certificate?.subjectaltname);
  return name === undefined ? { kind: "stranger" } : { kind: "process", name };
}
