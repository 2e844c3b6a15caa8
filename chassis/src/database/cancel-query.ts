import { connect } from "node:net";
import type { ClientBase } from "pg";
import { Semaphore } from "#concurrency/semaphore.ts";

/**
 * Of Postgres' protocol: a cancel request's length, and the number that stands in place of a
 * version.
 */
const CANCEL_REQUEST_BYTES = 16;
const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_MS_MAX = 1_000;
/** Each costs Postgres a process; a frozen Postgres lets each wait for its whole time. */
const CANCELS_MAX = 4;

/**
 * What pg keeps of a connection and its types leave out: the server's host, and the key that allows
 * to cancel.
 */
interface BackendKey {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Asks Postgres, over a connection of its own as the protocol demands, to cancel what runs on
 * `client`, unless `over` fires before it is this request's turn. Resolves when Postgres has taken
 * the request; it says nothing of the effect. Never rejects: a lost request is made good by the
 * caller, who drops the connection.
 */
export type CancelQuery = (client: ClientBase, over: AbortSignal) => Promise<void>;

/** Makes a canceller that has only a few requests under way, each for a second at most. */
export function createCancelQuery(): CancelQuery {
  const permits = new Semaphore({ permits: CANCELS_MAX, queueMax: Number.POSITIVE_INFINITY });
  return async (client, over) => {
    const wait = permits.acquire({ signal: over, waitMsMax: CANCEL_MS_MAX });
    const acquired = await wait.catch(() => "over");
    if (acquired !== "permitted") return; // the query is over, or the caller drops the connection
    try {
      await sendRequest(client);
    } finally {
      permits.release();
    }
  };
}

function sendRequest(client: ClientBase): Promise<void> {
  const { host, port, processID, secretKey } = client as ClientBase & BackendKey;
  const request = Buffer.alloc(CANCEL_REQUEST_BYTES);
  request.writeInt32BE(CANCEL_REQUEST_BYTES, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.destroy(), CANCEL_MS_MAX);
    socket.on("connect", () => socket.write(request));
    socket.on("data", () => {});
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => {
      clearTimeout(late);
      resolve();
    });
  });
}
