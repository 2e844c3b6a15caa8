import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { HOST } from "#chaos/network/loopback-ports.ts";

/** gRPC's status UNAVAILABLE. */
const UNAVAILABLE = "14";

/**
 * A proxy that speaks HTTP/2 to both sides. While `isFailing` it answers every second call with
 * UNAVAILABLE.
 */
export class HalfFailingGrpc {
  isFailing = false;
  readonly #targetPort: number;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session | ClientHttp2Session>();
  #turn = 0;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer();
    this.#server.on("session", (session) => this.#join(session));
  }

  /** Listens, unless it does already. Returns the port. */
  async start(): Promise<number> {
    if (!this.#server.listening) {
      this.#server.listen({ host: HOST, port: 0 });
      await once(this.#server, "listening");
    }
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection, and stops listening. */
  close(): void {
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
  }

  #join(session: ServerHttp2Session): void {
    const target = connect(`http://${HOST}:${this.#targetPort}`);
    for (const side of [session, target]) {
      this.#sessions.add(side);
      side.on("error", () => {}); // `close` follows
      side.on("close", () => {
        this.#sessions.delete(side);
        session.destroy();
        target.destroy();
      });
    }
    session.on("stream", (stream: ServerHttp2Stream, headers) => {
      stream.on("error", () => {}); // the caller cancelled; `close` follows
      this.#turn += 1;
      if (this.isFailing && this.#turn % 2 === 0) {
        const status = { "grpc-status": UNAVAILABLE, "grpc-message": "half of all calls fail" };
        const type = { ":status": 200, "content-type": "application/grpc" };
        stream.respond({ ...type, ...status }, { endStream: true });
        return;
      }
      passOn(stream, target.request(headers));
    });
  }
}

/** Connects a caller's stream with the callee's: bytes, headers, trailers, cancellations. */
function passOn(caller: ServerHttp2Stream, callee: ClientHttp2Stream): void {
  callee.on("error", () => {}); // `close` follows
  callee.on("response", (headers, flags) => {
    if (caller.destroyed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    caller.respond(headers, { endStream, waitForTrailers: !endStream });
    if (!endStream) callee.pipe(caller);
  });
  let trailers = {};
  callee.on("trailers", (received) => {
    trailers = received;
  });
  caller.on("wantTrailers", () => caller.sendTrailers(trailers));
  caller.pipe(callee);
  caller.on("close", () => callee.close(caller.rstCode));
  callee.on("close", () => {
    if (callee.rstCode !== constants.NGHTTP2_NO_ERROR) caller.close(callee.rstCode);
  });
}
