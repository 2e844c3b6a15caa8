import { connect } from "node:net";
import type { ClientBase } from "pg";
import { Semaphore } from "#concurrency/semaphore.ts";

/** Postgres' protocol: the length of a cancel request, and the number in place of a version. */
const CANCEL_REQUEST_BYTES = 16;
const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_MS_MAX = 1_000;
/** Each request costs Postgres a process, and takes its whole timeout if Postgres is frozen. */
const CANCELS_MAX = 4;

/** Members of pg's client that its types omit: the server's host, and the key for cancelling. */
interface BackendKey {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Requests that Postgres cancels the query of `client`, over a separate connection, as the protocol
 * demands. Does nothing if `over` fires before the request is sent. Resolves when Postgres has
 * received the request, whatever its effect. Never rejects: after a lost request the caller drops
 * the connection.
 */
export type CancelQuery = (client: ClientBase, over: AbortSignal) => Promise<void>;

/** Returns a function that cancels queries, with a few requests at a time, for a second each. */
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
