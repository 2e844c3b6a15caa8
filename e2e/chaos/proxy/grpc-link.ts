import { HalfFailingGrpc } from "./half-failing-grpc.ts";
import type { Link, LinkMode } from "./link-mode.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/**
 * A link for gRPC calls. In the mode `half-failing` it answers every second call itself, over
 * connections that stay whole.
 */
export class GrpcLink implements Link {
  readonly #wire: TcpProxy;
  readonly #half: HalfFailingGrpc;

  /** Listens on `port` of 127.0.0.1 once started, and forwards to `targetPort` there. */
  constructor(port: number, targetPort: number) {
    this.#wire = new TcpProxy(port, targetPort);
    this.#half = new HalfFailingGrpc(targetPort);
  }

  get port(): number {
    return this.#wire.port;
  }

  start(): Promise<void> {
    return this.#wire.start();
  }

  async setMode(mode: LinkMode): Promise<void> {
    this.#half.isFailing = mode.kind === "half-failing";
    // Afterwards calls still pass the HTTP/2 proxy: to reset them would be another fault.
    if (this.#half.isFailing) this.#wire.redirect(await this.#half.start());
    else await this.#wire.setMode(mode);
  }

  async close(): Promise<void> {
    await this.#wire.close();
    this.#half.close();
  }
}
