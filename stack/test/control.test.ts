import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type ControlServer, startControlServer } from "#control/control-server.ts";
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

  async function send(line: string): Promise<string> {
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

  test.each([
    ["another token", '{"token":"x","command":"status"}\n'],
    ["no token", '{"command":"status"}\n'],
    ["a browser's request", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["JSON that is no object", "1\n"],
  ])("refuses %s, and runs no command", async (_what, line) => {
    expect(await send(line)).toContain("That is no request of this stack.");
    expect(requests).toEqual([]);
  });

  test("refuses the name of an unknown part", async () => {
    const { token } = server;
    const line = JSON.stringify({ token, command: "stop", part: "postgres" });
    expect(await send(`${line}\n`)).toContain("That is no request of this stack.");
  });

  test("closes the connection of a client that sends a line without an end", async () => {
    expect(await send("x".repeat(5_000))).toBe("");
  });

  test("reports that no supervisor listens", async () => {
    server.close();
    await expect(ask({ command: "status" })).rejects.toThrow("The stack does not answer.");
  });
});
