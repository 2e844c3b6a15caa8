import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { createGrpcServer } from "./grpc-server.ts";

const HOST = "127.0.0.1";
/**
 * Short, so that connections end often, and a call that one refuses may meet the end of the next.
 */
const AGE_MS = 50;
const REPLICAS = 3;
const CALLERS = 48;
const CALLS_EACH = 60;
/** 2,880 calls, on a slow machine that does other work. */
const TEST_MS_MAX = 180_000;

/**
 * Calls a method that may not be called twice, over connections that end often. Returns how many
 * calls were handled, and the errors.
 */
async function play(failurePolicy: "on" | "off") {
  await using stack = new AsyncDisposableStack();
  const addresses: string[] = [];
  let done = 0;
  const tell = async (message: { readonly value: string }) => {
    done += 1;
    return message;
  };
  for (let replica = 0; replica < REPLICAS; replica++) {
    const options = { host: HOST, port: 0, maxConnectionAgeMs: AGE_MS };
    const server = createGrpcServer(echoRouter({ tell }), options);
    addresses.push(`${HOST}:${await server.start()}`);
    stack.defer(() => server.drain(AbortSignal.abort()));
  }
  const transport = stack.adopt(echoTransport(addresses, failurePolicy), (it) => it.close());
  const client = quietClient(EchoService, transport, failurePolicy);
  const errors: unknown[] = [];
  const call = async () => {
    for (let calls = 0; calls < CALLS_EACH; calls++) {
      await client.tell({ value: "x" }, contextFor()).catch((error) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return { done, errors };
}

describe("connections that end because of their age", () => {
  test(
    "cost no call, and no call is handled twice",
    async () => {
      expect(await play("on")).toEqual({ done: CALLERS * CALLS_EACH, errors: [] });
    },
    TEST_MS_MAX,
  );

  test(
    "cost some calls without the policy: the control arm",
    async () => {
      const { errors } = await play("off");
      expect(errors).not.toEqual([]);
    },
    TEST_MS_MAX,
  );
});
