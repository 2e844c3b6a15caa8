import { ANONYMOUS } from "#identity/caller.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";

const CANCELLED_MAX = 100_000;
/** As many as a bulkhead lets through at once. */
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
/** Calls on the same connection, one after the other, as long as the storm lasts. */
async function standBy(): Promise<void> {
  while (cancelled < CANCELLED_MAX) {
    await client.say({ value: "" }, contextFor()).then(
      () => (bystanders.answered += 1),
      () => (bystanders.failed += 1),
    );
  }
}

const standing = [standBy(), standBy(), standBy(), standBy()];
const startMs = performance.now();
while (cancelled < CANCELLED_MAX) {
  const controller = new AbortController();
  const context = contextFor(ANONYMOUS, { signal: controller.signal });
  const calls = Array.from({ length: BATCH }, () => client.tell({ value: "" }, context));
  // Long enough for most to be on the wire: what is cancelled before is no reset.
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
