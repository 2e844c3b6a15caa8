import assert from "node:assert";
import type { RpcError } from "#contract/rpc-error.ts";
import { createClient } from "#rpc/client/client.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { EchoService } from "./echo-service.ts";
import { ScriptedTransport, type ScriptedTry } from "./scripted-transport.ts";
import { contextFor } from "./test-context.ts";

/** Creates a client of the echo service whose callee answers when a test says so. */
export function scriptedClient() {
  const transport = new ScriptedTransport();
  const metrics = createMetrics({ service: "test" });
  const client = createClient(EchoService, {
    callee: "test",
    transport,
    metrics,
    logger: createLogger({ service: "test", level: "silent" }),
    failurePolicy: "on",
  });
  const tell = (options = {}) => client.tell({ value: "" }, contextFor(undefined, options));
  const ask = (options = {}) => client.ask({ value: "" }, contextFor(undefined, options));
  return {
    transport,
    metrics,
    tell,
    ask,
    collect: () => client.collect((async function* () {})(), contextFor()),
    /** Makes so many calls, and returns how they end. */
    tellMany: (count: number) =>
      Array.from({ length: count }, () =>
        tell().then(
          () => "OK",
          (error: RpcError) => error.reason,
        ),
      ),
    async refused() {
      const { values } = await metrics.client.refusedCalls.get();
      return values.map(({ labels, value }) => [labels.reason, value]);
    },
    async observed() {
      const { values } = await metrics.rpcClientCalls.get();
      return values.map(({ labels, value }) => [labels.code, value]);
    },
  };
}

/** Returns one of the tries that were sent. */
export function tryAt(tries: readonly ScriptedTry[], index: number): ScriptedTry {
  const one = tries.at(index);
  assert(one, "there is such a try");
  return one;
}
