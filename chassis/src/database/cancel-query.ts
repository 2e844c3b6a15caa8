import { connect } from "node:net";
import type { PoolClient } from "pg";

/** Of Postgres' protocol: a cancel request's length, and the number that stands in place of a version. */
const CANCEL_REQUEST_BYTES = 16;
const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_MS_MAX = 1_000;

/** What pg keeps of a connection and its types leave out: the server's host, and the key that allows to cancel. */
interface BackendKey {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Asks Postgres, over a connection of its own as the protocol demands, to cancel what runs on `client`. Resolves
 * when Postgres has taken the request; it says nothing of the effect. Never rejects: a lost request is made good
 * by the caller, who drops the connection.
 */
export function cancelQuery(client: PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as PoolClient & BackendKey;
  const request = Buffer.alloc(CANCEL_REQUEST_BYTES);
  request.writeInt32BE(CANCEL_REQUEST_BYTES, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  return new Promise((resolve) => {
    socket.setTimeout(CANCEL_MS_MAX, () => socket.destroy());
    socket.on("connect", () => socket.write(request));
    socket.on("data", () => {});
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => resolve());
  });
}
