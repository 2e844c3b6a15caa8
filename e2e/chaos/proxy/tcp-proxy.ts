import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { HOST } from "#chaos/network/loopback-ports.ts";
import type { Link, LinkMode } from "./link-mode.ts";
import { pump } from "./pump.ts";
import { resetSocket } from "./reset-socket.ts";

/**
 * A link for bytes. In the mode `half-failing` it resets every second connection, and the
 * connection at every second message of a client.
 */
export class TcpProxy implements Link {
  readonly port: number;
  #targetPort: number;
  #server: Server | undefined;
  #mode: LinkMode = { kind: "pass" };
  readonly #sockets = new Set<Socket>();
  readonly #modeListeners = new Set<() => void>();
  #turn = 0;

  /** Listens on `port` of 127.0.0.1 once started, and forwards to `targetPort` there. */
  constructor(port: number, targetPort: number) {
    this.port = port;
    this.#targetPort = targetPort;
  }

  async start(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    this.#server = server;
    server.listen({ host: HOST, port: this.port });
    await once(server, "listening");
  }

  async setMode(mode: LinkMode): Promise<void> {
    const wasRefusing = this.#mode.kind === "refusing";
    this.#mode = mode;
    if (mode.kind === "refusing") await this.close();
    else if (wasRefusing) await this.start();
    for (const listener of this.#modeListeners) listener();
  }

  /** Forwards new connections elsewhere, and resets the present ones. */
  redirect(targetPort: number): void {
    this.#targetPort = targetPort;
    this.#resetAll();
  }

  async close(): Promise<void> {
    this.#server?.close();
    this.#server = undefined;
    this.#resetAll();
  }

  #resetAll(): void {
    for (const socket of this.#sockets) resetSocket(socket);
  }

  #accept(client: Socket): void {
    if (this.#mode.kind === "half-failing" && this.#isUnlucky()) {
      resetSocket(client);
      return;
    }
    const target = connect({ host: HOST, port: this.#targetPort, allowHalfOpen: true });
    const reset = () => {
      resetSocket(client);
      resetSocket(target);
    };
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("error", reset); // one side has ended: so does the other
      socket.on("close", () => this.#sockets.delete(socket));
    }
    const link = {
      mode: () => this.#mode,
      onModeChange: (listener: () => void) => {
        this.#modeListeners.add(listener);
        return () => this.#modeListeners.delete(listener);
      },
    };
    const isLost = () => this.#mode.kind === "half-failing" && this.#isUnlucky();
    pump(client, target, { ...link, onChunk: () => (isLost() ? reset() : undefined) });
    pump(target, client, { ...link, onChunk: () => {} });
  }

  #isUnlucky(): boolean {
    this.#turn += 1;
    return this.#turn % 2 === 0;
  }
}
