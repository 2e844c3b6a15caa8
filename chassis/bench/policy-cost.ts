import { fork } from "node:child_process";
import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { createClient } from "#rpc/client/client.ts";
import { toMethodDefinition } from "#rpc/grpc/service-definition.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { answerOf } from "#testing/answer-of.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoTransport } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";

/**
 * Measures what the failure policy costs a caller: the processor time of its process for each call,
 * over real gRPC, with the callee in its own process. Many calls are in flight, since the cost is
 * to keep objects alive while a call waits, and not to run a layer. The arms take turns, so that a
 * noisy moment affects all of them.
 */
const ROUNDS = Number(process.argv[2] ?? 8);
const CALLS = 10_000;
const IN_FLIGHT = 64;
const RATIO_MAX = 1.15;

const callee = fork(new URL("echo-callee.ts", import.meta.url));
const [port] = await once(callee, "message");
const address = `127.0.0.1:${port}`;

const transport = echoTransport(address);
const client = createClient(EchoService, {
  callee: "bench",
  transport,
  metrics: createMetrics({ service: "bench" }),
  logger: createLogger({ service: "bench", level: "silent" }),
  failurePolicy: "on",
});
const plain = new Client(address, credentials.createInsecure());
const { say, ask } = EchoService.method;
const { path, requestSerialize, responseDeserialize } = toMethodDefinition(say);
const context = contextFor(undefined, { timeoutMs: 3_600_000 });
const message = () => create(StringValueSchema, { value: "hello" });
const fields = () => ({
  requestId: context.requestId,
  authorization: undefined,
  deadline: Date.now() + 5_000,
});

const ARMS: Readonly<Record<string, () => Promise<unknown>>> = {
  "grpc-js, plain channel": () =>
    new Promise((resolve, reject) => {
      plain.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message(),
        new Metadata(),
        { deadline: Date.now() + 5_000 },
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
    }),
  "bare transport": () => answerOf((told) => transport.unary(ask, message(), fields(), told)),
  "client, not hedged": () => client.tell({ value: "hello" }, context),
  "client, hedged": () => client.ask({ value: "hello" }, context),
};

/** Returns the processor time of this process for one call of an arm, in microseconds. */
async function microseconds(call: () => Promise<unknown>, calls: number): Promise<number> {
  let left = calls;
  const work = async () => {
    while (left-- > 0) await call().catch(() => (failed += 1));
  };
  const start = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

/** On a machine that is too busy some calls miss their deadline. */
let failed = 0;
const costs = new Map(Object.keys(ARMS).map((name) => [name, [] as number[]]));
for (const call of Object.values(ARMS)) await microseconds(call, CALLS / 2);
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(ARMS)) {
    costs.get(name)?.push(await microseconds(call, CALLS));
  }
}

const best = (name: string) => Math.min(...(costs.get(name) ?? []));
const median = (name: string) => costs.get(name)?.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
process.stdout.write(`µs of the caller's processor for a call, ${IN_FLIGHT} in flight\n`);
for (const name of costs.keys()) {
  const ratio = (of: (name: string) => number) => (of(name) / of("bare transport")).toFixed(2);
  process.stdout.write(
    `${name.padEnd(24)} best ${best(name).toFixed(0).padStart(4)}, median ${median(name).toFixed(0).padStart(4)}; to the bare transport ${ratio(best)}, ${ratio(median)}\n`,
  );
}
process.stdout.write(`failed calls: ${failed}\n`);
process.stdout.write(`to reach: a hedged call at most ${RATIO_MAX} of the bare transport\n`);
process.exit(0);
