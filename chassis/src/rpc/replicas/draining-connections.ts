import { subscribe } from "node:diagnostics_channel";
import type { Http2Session, Http2Stream } from "node:http2";

/** Node's diagnostics channels of each stream, at either end of a connection. */
const STREAMS_CREATED = ["http2.client.stream.created", "http2.server.stream.created"] as const;
const PING_PAYLOAD = Buffer.alloc(8);

type PingAnswer = (error: Error | null, durationMs: number, payload: Buffer) => void;

const known = new WeakSet<Http2Session>();
let isSubscribed = false;

/**
 * Keeps draining connections (GOAWAY) open until their calls have ended. When either side closes a
 * connection, since its replica drains or its address has left the callee's name, Node sends no
 * more pings over it. The keepalive of grpc-js takes that for a lost connection, and would cut off
 * a long upload or download after ten seconds. Such a ping is answered here instead; the calls
 * still end by their deadlines.
 *
 * grpc-js does not expose its connections, so they come from Node's diagnostics channels. A test
 * fails if that stops working.
 */
export function keepDrainingConnections(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  for (const name of STREAMS_CREATED) {
    subscribe(name, (message) => {
      const { session } = (message as { readonly stream: Http2Stream }).stream;
      if (session !== undefined) answerWhenClosed(session);
    });
  }
}

function answerWhenClosed(session: Http2Session): void {
  if (known.has(session)) return;
  known.add(session);
  const ping = session.ping.bind(session) as (...parameters: unknown[]) => boolean;
  session.ping = (...parameters: unknown[]) => {
    if (!session.closed || session.destroyed) return ping(...parameters);
    const answer = parameters.at(-1) as PingAnswer;
    setImmediate(answer, null, 0, PING_PAYLOAD);
    return true;
  };
}
