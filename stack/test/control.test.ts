import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { type ControlServer, STRANGERS_MAX, startControlServer } from "#control/control-server.ts";
import { sendControlRequest } from "#control/send-control-request.ts";
import { StackError } from "#errors/stack-error.ts";

describe("the control channel", () => {
  let server: ControlServer;
  const requests: unknown[] = [];

  beforeEach(async () => {
    requests.length = 0;
    server = await startControlServer(async (request) => {
      requests.push(request);
      if (request.command === "freeze") throw new StackError("It is frozen already.");
      return { ok: true, parts: [] };
    });
  });
  afterEach(() => server.close());

  const ask = (request: Parameters<typeof sendControlRequest>[1], control = server) =>
    sendControlRequest({ control }, request);

  async function send(line: string | Buffer): Promise<string> {
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(line);
    return text(socket);
  }

  test("carries a request to the supervisor and its response back", async () => {
    const request = { command: "stop", part: "users" } as const;
    expect(await ask(request)).toEqual({ ok: true, parts: [] });
    expect(requests).toEqual([request]);
  });

  test("returns the reason of a refusal", async () => {
    expect(await ask({ command: "freeze", part: "users" })).toEqual({
      ok: false,
      message: "It is frozen already.",
    });
  });

  const textToken = { toString: "x" };
  test.each<[string, string | Buffer]>([
    ["another token", '{"token":"x","command":"status"}\n'],
    ["no token", '{"command":"status"}\n'],
    ["a token that has no text", `${JSON.stringify({ command: "status", token: textToken })}\n`],
    ["a token that is a list", '{"command":"status","token":[{"toString":1}]}\n'],
    ["a token that is null", '{"command":"status","token":null}\n'],
    ["a token in the prototype", '{"command":"status","__proto__":{"token":"x"}}\n'],
    ["a browser's request", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["JSON that is no object", "1\n"],
    ["null", "null\n"],
    ["an empty line", "\n"],
    ["a line of zeros", Buffer.alloc(64).fill(0, 0, 63).fill(10, 63)],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22, 10])],
    ["half of a character", Buffer.from([0x22, 0xe2, 0x82, 10])],
    ["deeply nested JSON", `${"[".repeat(4_000)}\n`],
  ])("refuses %s, runs no command, and serves the next one", async (_what, line) => {
    expect(await send(line)).toContain("That is no request of this stack.");
    expect(requests).toEqual([]);
    expect(await ask({ command: "status" })).toEqual({ ok: true, parts: [] });
  });

  test.each<[string, object]>([
    ["an unknown part", { command: "stop", part: "postgres" }],
    ["a part that is no text", { command: "stop", part: { toString: "users" } }],
    ["a part that is a list", { command: "stop", part: ["users"] }],
    ["an unknown command", { command: "constructor", part: "users" }],
    ["a command that is no text", { command: ["status"] }],
  ])("refuses %s with the right token, and serves the next one", async (_what, request) => {
    const line = JSON.stringify({ ...request, token: server.token });
    expect(await send(`${line}\n`)).toContain("That is no request of this stack.");
    expect(requests).toEqual([]);
    expect(await ask({ command: "status" })).toEqual({ ok: true, parts: [] });
  });

  test("takes a request in single bytes, and from a client that has ended its side", async () => {
    const socket = connect(server.port, "127.0.0.1");
    const response = text(socket);
    const line = `${JSON.stringify({ command: "status", token: server.token })}\n`;
    for (const byte of Buffer.from(line)) socket.write(Buffer.from([byte]));
    socket.end();
    expect(JSON.parse(await response)).toEqual({ ok: true, parts: [] });
  });

  test("ends the connection of a command that fails in any way, and serves the next", async () => {
    server.close();
    server = await startControlServer(async () => {
      throw Object.assign(Object.create(null), { toString: 1 });
    });
    const line = JSON.stringify({ command: "status", token: server.token });
    await send(`${line}\n`);
    await expect(ask({ command: "status" })).rejects.toThrow("The stack does not answer.");
    await expect(ask({ command: "status" })).rejects.toThrow("The stack does not answer.");
  });

  test("ends a client that sends nothing, or no whole line, in time", async () => {
    server.close();
    server = await startControlServer(async () => ({ ok: true, parts: [] }), { transferMsMax: 20 });
    expect(await send("")).toBe("");
    expect(await send('{"command":')).toBe("");
  });

  test("serves the owner while others hold connections and send nothing", async () => {
    server.close();
    server = await startControlServer(async () => ({ ok: true, parts: [] }), {
      transferMsMax: 600_000,
    });
    const idle = Array.from({ length: 200 }, () => connect(server.port, "127.0.0.1").resume());
    for (const socket of idle) socket.on("error", () => {});
    const ended = idle.map((socket) => once(socket, "close"));
    await Promise.all(idle.map((socket) => once(socket, "connect")));
    expect(await ask({ command: "status" })).toEqual({ ok: true, parts: [] });
    // It holds so many of them, and ends the oldest for a new one.
    await Promise.all(ended.slice(0, 200 - STRANGERS_MAX));
    for (const socket of idle) socket.destroy();
  });

  test("survives a client that resets its connection while its command runs", async () => {
    const running = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<void>();
    server.close();
    server = await startControlServer(async () => {
      running.resolve();
      await finished.promise;
      return { ok: true, parts: [] };
    });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`${JSON.stringify({ command: "status", token: server.token })}\n`);
    await running.promise;
    socket.resetAndDestroy();
    finished.resolve();
    expect(await ask({ command: "status" })).toEqual({ ok: true, parts: [] });
  });

  test("closes the connection of a client that sends a line without an end", async () => {
    expect(await send("x".repeat(5_000))).toBe("");
  });

  test.each([
    ["no JSON", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["another shape", '{"ok":true,"parts":[{"name":"users"}]}\n'],
    ["no end", "x".repeat(100_000)],
  ])("reports that something else listens, which sends %s", async (_what, response) => {
    const other = createServer((socket) => void socket.on("error", () => {}).end(response));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const control = { port: (other.address() as AddressInfo).port, token: "x" };
    const request = sendControlRequest({ control }, { command: "status" });
    await expect(request).rejects.toThrow("The stack does not answer.");
    other.close();
  });

  test("reports that no supervisor listens", async () => {
    server.close();
    await expect(ask({ command: "status" })).rejects.toThrow("The stack does not answer.");
  });
});
