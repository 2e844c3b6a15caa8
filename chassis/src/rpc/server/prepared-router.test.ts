import { status } from "@grpc/grpc-js";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createInProcessTransport } from "#rpc/in-process/in-process-transport.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { createPreparedRouter } from "./prepared-router.ts";

/** What Postgres throws while a migration has not created the table yet. */
const fail = async (): Promise<never> => {
  throw new Error('relation "users" does not exist');
};

describe("a service that is not prepared", () => {
  let isPrepared: boolean;
  const resources: (() => unknown)[] = [];

  beforeEach(() => {
    isPrepared = false;
  });
  afterEach(async () => {
    for (const release of resources.splice(0)) await release();
  });

  const transports = {
    "over gRPC": async () => {
      const router = createPreparedRouter(echoRouter({ say: fail }), () => isPrepared);
      const server = createGrpcServer(router, { host: "127.0.0.1", port: 0 });
      const transport = echoTransport(`127.0.0.1:${await server.start()}`, "off");
      server.setServing(true);
      resources.push(
        () => transport.close(),
        () => server.drain(AbortSignal.abort()),
      );
      return transport;
    },
    "in process": async () => {
      const router = createPreparedRouter(echoRouter({ say: fail }), () => isPrepared);
      return createInProcessTransport(router, () => isPrepared);
    },
  };

  test.each(Object.entries(transports))(
    "refuses every kind of call %s as unavailable, and serves once it is prepared",
    async (_where, open) => {
      const transport = await open();
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

      await expect(client.say({ value: "x" }, contextFor(undefined))).rejects.toMatchObject(
        refused,
      );
      await expect(numbers()).rejects.toMatchObject(refused);
      await expect(collect()).rejects.toMatchObject(refused);
      await expect(transport.health(5_000)).resolves.toBe("not-serving");

      isPrepared = true;
      // The control: without the refusal a caller sees the defect of a handler without its tables.
      await expect(client.say({ value: "x" }, contextFor(undefined))).rejects.toMatchObject({
        code: status.INTERNAL,
      });
      await expect(numbers()).resolves.toEqual([1, 2]);
      await expect(collect()).resolves.toMatchObject({ value: 3 });
      await expect(transport.health(5_000)).resolves.toBe("serving");
    },
  );
});
