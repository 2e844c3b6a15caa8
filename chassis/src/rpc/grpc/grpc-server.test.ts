import { connect, createServer } from "node:net";
import { Client, credentials, status } from "@grpc/grpc-js";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import type { Transport } from "#rpc/transport.ts";
import { EchoService } from "#testing/echo-service.ts";
import { type EchoHandlers, echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { createGrpcServer, type GrpcServer } from "./grpc-server.ts";

const HOST = "127.0.0.1";
/** On a busy machine many cancellations take long. */
const LONG = { timeoutMs: 60_000 };

describe("a gRPC server", () => {
  let server: GrpcServer;
  let port: number;
  let transport: Transport;

  const start = async (
    handlers: Partial<EchoHandlers> = {},
    failurePolicy: FailurePolicySwitch = "on",
  ) => {
    server = createGrpcServer(echoRouter(handlers, failurePolicy), { host: HOST, port: 0 });
    port = await server.start();
    server.setServing(true);
    transport = echoTransport(`${HOST}:${port}`);
    return quietClient(EchoService, transport, failurePolicy);
  };
  afterEach(async () => {
    transport.close();
    await server.drain(AbortSignal.timeout(100));
  });

  test("describes its services by reflection", async () => {
    await start();
    const raw = new Client(`${HOST}:${port}`, credentials.createInsecure());
    const asIs = (bytes: Buffer) => bytes;
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const call = raw.makeBidiStreamRequest(path, asIs, asIs);
    // ServerReflectionRequest { list_services: "" }
    call.end(Buffer.of(0x3a, 0x00));
    const answers: Buffer[] = [];
    for await (const answer of call) answers.push(answer);
    expect(Buffer.concat(answers).toString()).toContain("echo.v1.EchoService");
    raw.close();
  });

  test("reports not serving once it is set so", async () => {
    await start();
    server.setServing(false);
    await expect(transport.health(5_000)).resolves.toBe("not-serving");
  });

  test("finishes the calls in flight when it drains, and accepts no other", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const client = await start({
      say: async (message) => {
        started.resolve();
        await finish.promise;
        return message;
      },
    });
    const call = client.say({ value: "slow" }, contextFor());
    await started.promise;
    const drained = server.drain(AbortSignal.timeout(5_000));
    finish.resolve();
    await expect(call).resolves.toMatchObject({ value: "slow" });
    await drained;
    const late = client.say({ value: "late" }, contextFor());
    await expect(late).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("ends the calls that are still in flight when the time to drain is over", async () => {
    const started = Promise.withResolvers<void>();
    const client = await start({
      say: () => {
        started.resolve();
        return new Promise(() => {});
      },
    });
    const call = client.say({ value: "" }, contextFor());
    const failed = expect(call).rejects.toMatchObject({ code: expect.any(Number) });
    await started.promise;
    await server.drain(AbortSignal.timeout(50));
    await failed;
  });

  test("ends no other caller's call when very many calls are cancelled", async () => {
    let begun = 0;
    let gone = 0;
    let isOver = false;
    const tell: EchoHandlers["tell"] = async ({ value }, { signal }) => {
      if (value === "bystander") return { value };
      begun += 1;
      signal.addEventListener("abort", () => (gone += 1));
      return new Promise(() => {});
    };
    // Nothing is shed: a call that fails here fails with its connection.
    const client = await start({ tell }, "off");
    const bystanders = [1, 2, 3].map(async () => {
      while (!isOver) await client.tell({ value: "bystander" }, contextFor(ANONYMOUS, LONG));
    });
    // Node's own limit is a thousand at once, and then 33 per second.
    for (let round = 0; round < 20; round++) {
      const controller = new AbortController();
      const { signal } = controller;
      const calls = Array.from({ length: 200 }, () =>
        client.tell({ value: "storm" }, contextFor(ANONYMOUS, { ...LONG, signal })),
      );
      const settled = Promise.allSettled(calls);
      await eventually(async () => begun >= (round + 1) * 200);
      controller.abort();
      await settled;
    }
    await eventually(async () => gone >= 4_000);
    isOver = true;
    await expect(Promise.all(bystanders)).resolves.toHaveLength(3);
  });

  test("fires the handler's signal when the client's connection is lost", async () => {
    const received = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    await start({
      collect: async (chunks, { signal }) => {
        signal.addEventListener("abort", () => told.resolve());
        for await (const _ of chunks) received.resolve();
        return await new Promise(() => {});
      },
    });
    // A proxy in between that can be cut.
    const sockets: { destroy(): void }[] = [];
    const way = createServer((near) => {
      const far = connect(port, HOST);
      sockets.push(near, far);
      near.on("error", () => {}).pipe(far);
      far.on("error", () => {}).pipe(near);
    });
    await new Promise<void>((resolve) => way.listen(0, HOST, resolve));
    const address = way.address();
    const through = echoTransport(`${HOST}:${typeof address === "object" ? address?.port : ""}`);
    const client = quietClient(EchoService, through);
    async function* chunks() {
      yield { value: new Uint8Array(10) };
      await received.promise;
      for (const socket of sockets) socket.destroy();
      await new Promise(() => {});
    }
    await expect(client.collect(chunks(), contextFor())).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    await told.promise;
    through.close();
    await new Promise((resolve) => way.close(resolve));
  });
});
