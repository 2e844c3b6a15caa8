import { status } from "@grpc/grpc-js";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createInProcessTransport } from "#rpc/in-process/in-process-transport.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { createPreparedRouter } from "./prepared-router.ts";
import type { Router } from "./router.ts";

/** What Postgres throws while a migration has not created the table yet. */
const fail = async (): Promise<never> => {
  throw new Error('relation "users" does not exist');
};

describe("a service that is not prepared", () => {
  let preparation: PromiseWithResolvers<void>;
  const gated = (waitMsMax: number) =>
    createPreparedRouter(echoRouter({ ask: fail }), { prepared: preparation.promise, waitMsMax });
  const resources: (() => unknown)[] = [];

  beforeEach(() => {
    preparation = Promise.withResolvers();
  });
  afterEach(async () => {
    for (const release of resources.splice(0)) await release();
  });

  const transports = {
    "over gRPC": async (router: Router) => {
      const server = createGrpcServer(router, { host: "127.0.0.1", port: 0 });
      const transport = echoTransport(`127.0.0.1:${await server.start()}`, "off");
      server.setServing(true);
      resources.push(
        () => transport.close(),
        () => server.drain(AbortSignal.abort()),
      );
      return transport;
    },
    "in process": async (router: Router) => createInProcessTransport(router, () => true),
  };

  test.each(Object.entries(transports))(
    "refuses every kind of call %s as unavailable, and serves once it is prepared",
    async (_where, open) => {
      const transport = await open(gated(1));
      const client = quietClient(EchoService, transport);
      const refused = { code: status.UNAVAILABLE };
      const numbers = async () => {
        const values: number[] = [];
        for await (const { value } of client.count({ value: 2 }, contextFor(undefined))) {
          values.push(value);
        }
        return values;
      };
      async function* chunks() {
        yield { value: new Uint8Array(3) };
      }
      const collect = () => client.collect(chunks(), contextFor(undefined));

      await expect(client.ask({ value: "x" }, contextFor(undefined))).rejects.toMatchObject(
        refused,
      );
      await expect(numbers()).rejects.toMatchObject(refused);
      await expect(collect()).rejects.toMatchObject(refused);
      await expect(transport.health(5_000)).resolves.toBe("not-serving");

      preparation.resolve();
      await preparation.promise;
      // The control: without the refusal a caller sees the defect of a handler without its tables.
      await expect(client.ask({ value: "x" }, contextFor(undefined))).rejects.toMatchObject({
        code: status.INTERNAL,
      });
      await expect(numbers()).resolves.toEqual([1, 2]);
      await expect(collect()).resolves.toMatchObject({ value: 3 });
      await expect(transport.health(5_000)).resolves.toBe("serving");
    },
  );

  test.each(Object.entries(transports))(
    "has calls %s wait until it is prepared, if that is soon",
    async (_where, open) => {
      const transport = await open(gated(60_000));
      const client = quietClient(EchoService, transport);
      const told = client.tell({ value: "waits" }, contextFor(undefined));
      preparation.resolve();
      await expect(told).resolves.toMatchObject({ value: "waits" });
    },
  );

  test("has its calls sent again to a replica that is prepared, writes too", async () => {
    const ports: number[] = [];
    for (const router of [gated(1), echoRouter({})]) {
      const server = createGrpcServer(router, { host: "127.0.0.1", port: 0 });
      ports.push(await server.start());
      server.setServing(true);
      resources.push(() => server.drain(AbortSignal.abort()));
    }
    const transport = echoTransport(ports.map((port) => `127.0.0.1:${port}`));
    resources.push(() => transport.close());
    const client = quietClient(EchoService, transport);
    const writes = Array.from({ length: 20 }, (_, index) =>
      client.tell({ value: String(index) }, contextFor(undefined)),
    );
    const values = (await Promise.all(writes)).map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
  });
});
