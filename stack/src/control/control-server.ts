import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describeError } from "@triptych/chassis/lifecycle/describe-error";
import { StackError } from "#errors/stack-error.ts";
import type { ControlRequest, ControlResponse } from "./control-messages.ts";
import { readControlRequest } from "./read-control-request.ts";
import { receiveLine } from "./receive-line.ts";

const HOST = "127.0.0.1";
const REQUEST_BYTES_MAX = 4_096;
/**
 * The most that a request takes to arrive whole, and its response to leave. A `stack` command sends
 * its request in one piece: a slower client is something else.
 */
const TRANSFER_MS_MAX = 5_000;
/** Connections that have not sent a request of this stack. One more ends the oldest of them. */
export const STRANGERS_MAX = 64;
const TOKEN_BYTES = 32;

/** The control server: it receives commands from other terminals of the same user. */
export interface ControlServer {
  readonly port: number;
  /** Each request must contain it. */
  readonly token: string;
  /** Ends every connection and stops listening. */
  close(): void;
}

/** The limits of a control server, for tests that cannot wait. */
interface ControlLimits {
  /** {@link TRANSFER_MS_MAX} if not given. */
  readonly transferMsMax?: number;
}

/**
 * Listens on a free port of 127.0.0.1. A request is one line of JSON with the token, and so is the
 * response. It uses TCP, because the path of a Unix socket may have at most 107 bytes. A StackError
 * from `handle` becomes the response; so does any other error. Any process of this machine can
 * connect: whatever a connection sends, or does not send, ends at most that connection.
 */
export async function startControlServer(
  handle: (request: ControlRequest) => Promise<ControlResponse>,
  { transferMsMax = TRANSFER_MS_MAX }: ControlLimits = {},
): Promise<ControlServer> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const sockets = new Set<Socket>();
  /** In the order in which they came. */
  const strangers = new Set<Socket>();

  async function serve(socket: Socket): Promise<void> {
    const line = await inTime(socket, transferMsMax, () => receiveLine(socket, REQUEST_BYTES_MAX));
    if (line === undefined) return;
    const request = readControlRequest(line, token);
    if (request !== undefined) strangers.delete(socket);
    const response = await answer(request, handle);
    await inTime(socket, transferMsMax, () => send(socket, `${JSON.stringify(response)}\n`));
  }

  // Half-open: a client that ends its side after the request still gets the response.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    strangers.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      strangers.delete(socket);
    });
    socket.on("error", () => {}); // the client has left; its command runs all the same
    const [oldest] = strangers;
    if (strangers.size > STRANGERS_MAX) oldest?.destroy();
    // The connection ends in either case, and there is nobody else to tell.
    const end = () => void socket.destroy();
    serve(socket).then(end, end);
  });
  const listening = once(server, "listening");
  server.listen(0, HOST);
  await listening;
  server.on("error", () => {}); // one connection could not be accepted
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    token,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Ends the connection if the work on it takes longer. */
async function inTime<Result>(
  socket: Socket,
  timeoutMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const late = setTimeout(() => socket.destroy(), timeoutMs);
  try {
    return await work();
  } finally {
    clearTimeout(late);
  }
}

/** Sends the last text of a connection. Resolves when it has left, or the connection is gone. */
function send(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", () => resolve());
    socket.end(text, () => resolve());
  });
}

async function answer(
  request: ControlRequest | undefined,
  handle: (request: ControlRequest) => Promise<ControlResponse>,
): Promise<ControlResponse> {
  if (request === undefined) return { ok: false, message: "That is no request of this stack." };
  try {
    return await handle(request);
  } catch (error) {
    if (error instanceof StackError) return { ok: false, message: error.message };
    return { ok: false, message: `The stack failed at that: ${describeError(error)}.` };
  }
}
