import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { StackError } from "#errors/stack-error.ts";
import { PART_ACTIONS } from "#parts/part-actions.ts";
import { isPartName } from "#parts/part-names.ts";
import type { ControlRequest, ControlResponse } from "./control-messages.ts";

const HOST = "127.0.0.1";
const REQUEST_BYTES_MAX = 4_096;
/** A `stack` command writes its request in one piece: a slower client is something else. */
const REQUEST_MS_MAX = 5_000;
const CONNECTIONS_MAX = 16;
const TOKEN_BYTES = 32;

/** The control server: it receives commands from other terminals of the same user. */
export interface ControlServer {
  readonly port: number;
  /** Each request must contain it. */
  readonly token: string;
  /** Ends every connection and stops listening. */
  close(): void;
}

/**
 * Listens on a free port of 127.0.0.1. A request is one line of JSON with the token, and so is the
 * response. It uses TCP, because the path of a Unix socket may have at most 107 bytes. A StackError
 * from `handle` becomes the response; so does any other error.
 */
export async function startControlServer(
  handle: (request: ControlRequest) => Promise<ControlResponse>,
): Promise<ControlServer> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // the client has left; its command runs all the same
    socket.setTimeout(REQUEST_MS_MAX, () => socket.destroy());
    receiveLine(socket, async (line) => {
      socket.setTimeout(0);
      const response = await answer(parseRequest(line, token), handle);
      socket.end(`${JSON.stringify(response)}\n`);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  const listening = once(server, "listening");
  server.listen(0, HOST);
  await listening;
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

function receiveLine(socket: Socket, take: (line: string) => Promise<void>): void {
  let text = "";
  const collect = (chunk: Buffer) => {
    text += chunk.toString("utf8");
    const end = text.indexOf("\n");
    if (end < 0 && text.length <= REQUEST_BYTES_MAX) return;
    socket.off("data", collect);
    if (end < 0) socket.destroy();
    else void take(text.slice(0, end));
  };
  socket.on("data", collect);
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
    return { ok: false, message: `The stack failed at that: ${error}` };
  }
}

/**
 * Returns undefined if the line is not JSON, has a wrong token, or names an unknown command or
 * part.
 */
function parseRequest(line: string, token: string): ControlRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // a browser or a port scanner
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("token" in value && isSame(String(value.token), token))) return undefined;
  const command = "command" in value ? value.command : undefined;
  if (command === "status") return { command };
  const action = PART_ACTIONS.find((word) => word === command);
  const part = "part" in value ? String(value.part) : "";
  return action !== undefined && isPartName(part) ? { command: action, part } : undefined;
}

function isSame(received: string, expected: string): boolean {
  const [left, right] = [Buffer.from(received), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
