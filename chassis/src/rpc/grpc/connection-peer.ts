import type { Http2Session, Http2Stream } from "node:http2";
import type { PeerCertificate } from "node:tls";
import { type Peer, peerOf } from "#tls/peer.ts";

/** The part of a grpc-js server call that leads to its connection's certificate. */
export interface ConnectedCall {
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate };
}

/** What grpc-js keeps of a call and its types leave out: the stream that carries it. */
interface StreamedCall {
  readonly call?: { readonly stream?: Pick<Http2Stream, "session"> };
}

const peers = new WeakMap<Http2Session, Peer>();

/**
 * Returns the peer of a call: the process at the other end of the call's connection. Each
 * connection's certificate is read once, and not for each call: Node parses it again each time,
 * which costs 31 µs, a third of what the server's side of a small call costs at all. A certificate
 * cannot change within a connection (TLS 1.3 has no renegotiation). The peer is cached by the
 * connection's object and by nothing else: an address or a port is soon another process's.
 *
 * grpc-js does not show its connection, so a private field is read. Where the field is missing, the
 * certificate is read for each call; a test notices that.
 */
export function connectionPeer(call: ConnectedCall): Peer {
  const session = (call as StreamedCall).call?.stream?.session;
  const known = session && peers.get(session);
  if (known !== undefined) return known;
  const peer = peerOf(call.getAuthContext().sslPeerCertificate);
  if (session !== undefined) peers.set(session, peer);
  return peer;
}
