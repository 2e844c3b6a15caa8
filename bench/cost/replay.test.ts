import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { replay } from "./replay.ts";
import type { RequestKind } from "./request-kinds.ts";

const KIND: RequestKind = {
  ...{ name: "health", requests: 2, isHot: false },
  next: () => ({ method: "GET", path: "/healthz", status: 200 }),
};
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

let server: Server | undefined;
const sockets: Socket[] = [];

async function listen(onData: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", () => onData(socket));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
}

afterEach(close);

describe("a replay", () => {
  test("ends when all is answered", async () => {
    const url = await listen((socket) => socket.write(OK));
    await replay(url, { kind: KIND, mode: "serial", requestId: "test" });
  });

  test("fails if nothing listens", async () => {
    const url = await listen(() => {});
    await close();
    const sent = replay(url, { kind: KIND, mode: "serial", requestId: "test" });
    await expect(sent).rejects.toThrow("ECONNREFUSED");
  });

  test("fails if the answer is not HTTP", async () => {
    const url = await listen((socket) => socket.write("220 mail.example ESMTP\r\n\r\n"));
    await expect(replay(url, { kind: KIND, mode: "serial", requestId: "test" })).rejects.toThrow();
  });

  test("fails by its deadline if no answer comes", async () => {
    const url = await listen(() => {});
    const sent = replay(url, { kind: KIND, mode: "serial", requestId: "test", deadlineMs: 50 });
    await expect(sent).rejects.toThrow("0 of 2 were answered within 50 ms");
  });
});
