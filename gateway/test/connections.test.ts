import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually } from "@triptych/chassis/testing/eventually";
import { send } from "./slow-clients.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

/** One address may have 2 of them. */
const CONNECTIONS_MAX = 8;
const PATH = "/v1/nothing";

// Linux alone has all of 127.0.0.0/8 as addresses of its own.
const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("the connections of a gateway", () => {
  const open: Socket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  async function connectTo({ port }: TestGateway, localAddress: string): Promise<void> {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    socket.on("error", () => undefined);
    open.push(socket);
    await once(socket, "connect");
  }
  const ask = ({ port }: TestGateway, localAddress: string, path = PATH) =>
    send({ port, path, localAddress });
  const gatewayOf = (configuration = {}) =>
    startTestGateway({}, { configuration: { connectionsMax: CONNECTIONS_MAX, ...configuration } });

  test("are refused beyond the share of an address, with the reason, and to no other address", async () => {
    await using gateway = await gatewayOf();
    for (let n = 0; n < 2; n++) await connectTo(gateway, "127.0.0.1");
    expect(await ask(gateway, "127.0.0.1")).toMatchObject({
      status: 429,
      code: "TOO_MANY_CONNECTIONS",
      headers: { connection: "close", "retry-after": "1" },
    });
    expect(await ask(gateway, "127.0.0.1", "/healthz")).toMatchObject({ status: 200 });
    expect(await ask(gateway, "127.0.0.2")).toMatchObject({ status: 404 });
    open.pop()?.destroy();
    await eventually(async () => (await ask(gateway, "127.0.0.1")).status === 404);
  });

  test("are refused as OVERLOADED when all addresses together have too many", async () => {
    await using gateway = await gatewayOf();
    for (const n of [1, 1, 2, 2, 3, 3, 4, 4]) await connectTo(gateway, `127.0.0.${n}`);
    expect(await ask(gateway, "127.0.0.5")).toMatchObject({ status: 503, code: "OVERLOADED" });
  });

  test("are closed without an answer if very many are refused at once", async () => {
    await using gateway = await gatewayOf({ connectionsMax: 1 });
    await connectTo(gateway, "127.0.0.1");
    for (let n = 0; n < 64; n++) await connectTo(gateway, "127.0.0.1");
    await expect(ask(gateway, "127.0.0.1")).rejects.toThrow();
  });

  test("of a trusted proxy are bounded in all, and have no share", async () => {
    await using gateway = await gatewayOf({ trustProxy: true });
    for (let n = 0; n < CONNECTIONS_MAX - 1; n++) await connectTo(gateway, "127.0.0.1");
    expect(await ask(gateway, "127.0.0.1")).toMatchObject({ status: 404 });
    await connectTo(gateway, "127.0.0.1");
    expect(await ask(gateway, "127.0.0.1")).toMatchObject({ status: 503, code: "OVERLOADED" });
  });
});
