import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import { renderMetrics } from "#operations/render-metrics.ts";
import type { Transport } from "#rpc/transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { EchoService } from "#testing/echo-service.ts";
import { type EchoHandlers, echoRouter } from "#testing/echo-transports.ts";
import { createWarmUp } from "./warm-up.ts";

const message = create(StringValueSchema, { value: "warm" });

/** A warm-up of one method, whose log and metrics the test reads. */
function warmUpWith(say: EchoHandlers["say"], callees: readonly Transport[] = []) {
  const lines: string[] = [];
  const metrics = createMetrics({ service: "test" });
  const destination = { write: (line: string) => lines.push(line) };
  const [implementation] = echoRouter({ say }).implementations;
  assert(implementation);
  const warmUp = createWarmUp({
    implementation,
    routerOptions: {
      authenticate: async () => ({ kind: "anonymous" }),
      logger: createLogger({ service: "test", level: "trace", destination }),
      metrics,
      failurePolicy: "on",
    },
    calls: [{ method: EchoService.method.say, message }],
    callees,
  });
  return { warmUp, lines, metrics };
}

describe("a warm-up", () => {
  test("calls the service itself many times, and neither logs nor counts these calls", async () => {
    let calls = 0;
    const { warmUp, lines, metrics } = warmUpWith(async () => {
      calls += 1;
      return message;
    });
    await warmUp(new AbortController().signal);
    expect(calls).toBeGreaterThan(20);
    expect(lines).toEqual([]);
    expect(await renderMetrics([metrics])).not.toContain("rpc_server_duration_seconds_count{");
  });

  test("does not fail if its calls do, or if a callee does not answer", async () => {
    const asked: number[] = [];
    const absent = {
      health: async (timeoutMs: number) => {
        asked.push(timeoutMs);
        throw new RpcError(status.UNAVAILABLE, "not there");
      },
    } as unknown as Transport;
    const broken = () => Promise.reject(new RpcError(status.UNAVAILABLE, "no database"));
    await warmUpWith(broken, [absent]).warmUp(new AbortController().signal);
    expect(asked).toHaveLength(1);
  });

  test("ends early if the process is told to end", async () => {
    let calls = 0;
    const { warmUp } = warmUpWith(async () => {
      calls += 1;
      return message;
    });
    await warmUp(AbortSignal.abort());
    expect(calls).toBe(0);
  });
});
