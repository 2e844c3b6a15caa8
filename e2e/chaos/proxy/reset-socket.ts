import type { Socket } from "node:net";

/**
 * Resets a connection, so that the other side sees it. A connection in shutdown is closed instead:
 * libuv refuses to reset it, and Node 24 then never releases it, so that the process spins at its
 * end.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
