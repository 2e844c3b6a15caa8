import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import { HOST } from "#chaos/network/loopback-ports.ts";

/** gRPC's status UNAVAILABLE, which allows a retry. */
const UNAVAILABLE = "14";
const HEALTH_PATH = "/grpc.health.v1.Health/Check";

/** A fake callee: answers every call with UNAVAILABLE. */
interface FakeCallee extends AsyncDisposable {
  /** The calls that reached it: first attempts, and retries. */
  readonly counts: { readonly first: number; readonly again: number };
}

/** Listens on a port of 127.0.0.1 and counts the calls, except for health checks. */
export async function startFakeCallee(port: number): Promise<FakeCallee> {
  const counts = { first: 0, again: 0 };
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {}); // `close` follows
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {}); // the caller cancelled
    const isHealth = headers[":path"] === HEALTH_PATH;
    if (!isHealth)
      counts[headers["grpc-previous-rpc-attempts"] === undefined ? "first" : "again"]++;
    const type = { ":status": 200, "content-type": "application/grpc" };
    stream.respond({ ...type, "grpc-status": UNAVAILABLE }, { endStream: true });
  });
  server.listen({ host: HOST, port });
  await once(server, "listening");
  return {
    counts,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}
