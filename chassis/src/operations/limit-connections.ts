import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Limits the connections of a server, in a way that clients who hold connections, and ask nothing
 * or read no answer, keep nobody out: one connection too many ends the oldest without a request
 * under way, or else the oldest. Node's own `maxConnections` would refuse the new one, such as a
 * probe.
 */
export function limitConnections(server: Server, connectionsMax: number): void {
  /** In the order in which they came; true while a request is under way. */
  const connections = new Map<Socket, boolean>();
  server.on("connection", (socket) => {
    if (connections.size >= connectionsMax) {
      const others = [...connections];
      const [oldest] = others.find(([, isBusy]) => !isBusy) ?? others[0] ?? [];
      oldest?.destroy();
    }
    connections.set(socket, false);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    connections.set(socket, true);
    response.once("close", () => {
      if (connections.has(socket)) connections.set(socket, false);
    });
  });
}
