import type { Socket } from "node:net";

/**
 * Ends a connection so that the other side sees a reset. One that is already being shut down is
 * closed instead: libuv refuses to reset it, and Node 24 then never lets go of it, so that the
 * process spins at its end.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
