import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";

/** The window of one stream: HTTP/2's default, which stays as it is. */
const STREAM_WINDOW_BYTES = 64 * 1024;
/** As many streams as the bulkhead of a method lets through. */
const STREAMS_MAX = 512;
/** How many bytes a callee may have on the way to us on one connection. */
export const CONNECTION_WINDOW_BYTES = STREAMS_MAX * STREAM_WINDOW_BYTES;

let isSubscribed = false;

/**
 * Raises the receive window of each HTTP/2 connection that this process opens (flow control; RFC
 * 9113, 5.2), so that every stream can fill its own window. By default one window of 64 KiB is
 * shared by all streams: beside eight large downloads small calls, and the downloads themselves,
 * waited for more than 3 s while both processes were idle.
 *
 * The option `grpc-node.flow_control_window` is no help: it raises the windows of the streams as
 * well, so that one of them still fills the connection's.
 */
export function widenConnections(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  const widened = new WeakSet<ClientHttp2Session>();
  subscribe("http2.client.stream.created", (message) => {
    const { stream } = message as { readonly stream: ClientHttp2Stream };
    const session = stream.session as ClientHttp2Session | undefined;
    if (session === undefined || session.destroyed || widened.has(session)) return;
    widened.add(session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  });
}
