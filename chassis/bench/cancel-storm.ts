import { ANONYMOUS } from "#identity/caller.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";

const CANCELLED_MAX = 100_000;
/** Below the bulkhead's limit. */
const BATCH = 250;

const server = createGrpcServer(
  echoRouter({
    tell: () => new Promise(() => {}),
  }),
  { host: "127.0.0.1", port: 0 },
);
const transport = echoTransport(`127.0.0.1:${await server.start()}`);
const client = quietClient(EchoService, transport);

let cancelled = 0;
const bystanders = { answered: 0, failed: 0 };
/** Sends calls on the same connection, one after the other, until the storm is over. */
async function standBy(): Promise<void> {
  while (cancelled < CANCELLED_MAX) {
    await client.say({ value: "" }, contextFor()).then(
      () => (bystanders.answered += 1),
      () => (bystanders.failed += 1),
    );
    // A call that an open breaker refuses takes no turn of the event loop, and would block it here.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const standing = [standBy(), standBy(), standBy(), standBy()];
const startMs = performance.now();
while (cancelled < CANCELLED_MAX) {
  const controller = new AbortController();
  const context = contextFor(ANONYMOUS, { signal: controller.signal });
  const calls = Array.from({ length: BATCH }, () => client.tell({ value: "" }, context));
  // By then most calls are on the wire. A call that is cancelled before causes no reset.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  await Promise.allSettled(calls);
  cancelled += BATCH;
}
await Promise.all(standing);
const seconds = (performance.now() - startMs) / 1_000;
process.stdout.write(
  `${cancelled} calls cancelled in ${seconds.toFixed(1)} s; bystanders on the same connection: ${bystanders.answered} answered, ${bystanders.failed} failed (to reach: 0)\n`,
);
transport.close();
await server.drain(AbortSignal.timeout(100));
process.exit(bystanders.failed === 0 ? 0 : 1);
