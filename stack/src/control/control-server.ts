import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { StackError } from "#errors/stack-error.ts";
import { PART_ACTIONS } from "#parts/part-actions.ts";
import { isPartName } from "#parts/part-names.ts";
import type { ControlRequest, ControlResponse } from "./control-messages.ts";

const HOST = "127.0.0.1";
const REQUEST_BYTES_MAX = 4_096;
/** A request is written at once: who takes longer is no `stack` command. */
const REQUEST_MS_MAX = 5_000;
const CONNECTIONS_MAX = 16;
const TOKEN_BYTES = 32;

/** Takes commands from other terminals of the same user. */
export interface ControlServer {
  readonly port: number;
  /** Must stand in each request. */
  readonly token: string;
  /** Ends every connection and stops listening. */
  close(): void;
}

/**
 * Listens on a free port of 127.0.0.1: a request is one line of JSON with the token, and so is the
 * answer. TCP, since a Unix socket's path may have 107 bytes at most. A StackError of `handle` is
 * told to the asker.
 */
export async function startControlServer(
  handle: (request: ControlRequest) => Promise<ControlResponse>,
): Promise<ControlServer> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // who asked is gone; the command is carried out all the same
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

/** Undefined if it is not JSON, has not the right token, or asks for what there is not. */
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

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
