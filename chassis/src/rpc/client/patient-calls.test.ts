import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { eventually } from "#testing/eventually.ts";
import { scriptedClient, tryAt } from "#testing/scripted-client.ts";

describe("a call whose caller leaves", () => {
  test("tells the transport so, and a try that lost to another does not", async () => {
    const { transport, tell, ask } = scriptedClient();
    const controller = new AbortController();
    const left = tell({ signal: controller.signal });
    controller.abort(cancelled());
    await expect(left).rejects.toMatchObject({ reason: "CANCELLED" });
    expect(tryAt(transport.tries, 0)).toMatchObject({ isCancelled: true, why: "caller left" });

    const hedged = ask();
    await eventually(async () => transport.tries.length === 3);
    tryAt(transport.tries, 2).answer();
    await hedged;
    expect(tryAt(transport.tries, 1)).toMatchObject({ isCancelled: true, why: undefined });
  });
});

describe("a stream of requests", () => {
  const { jest } = import.meta;
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test("may take longer than the timeout while its caller is slow", async () => {
    const { transport, collect } = scriptedClient();
    const outcome = collect();
    await jest.advanceTimersByTimeAsync(20_000);
    tryAt(transport.tries, 0).waits();
    tryAt(transport.tries, 0).goesOn();
    await jest.advanceTimersByTimeAsync(5_000);
    tryAt(transport.tries, 0).answer();
    await expect(outcome).resolves.toBeDefined();
  });

  test("fails when its callee neither reads nor answers within the timeout", async () => {
    const { transport, collect } = scriptedClient();
    const outcome = expect(collect()).rejects.toMatchObject({ reason: "DEADLINE_EXCEEDED" });
    tryAt(transport.tries, 0).waits();
    await jest.advanceTimersByTimeAsync(5_100);
    await outcome;
    expect(tryAt(transport.tries, 0)).toMatchObject({ isCancelled: true, why: undefined });
  });

  test("opens no breaker by reaching its own deadline: its caller was slow", async () => {
    const { transport, collect } = scriptedClient();
    transport.health = async () => "not-serving";
    const late = new RpcError(status.DEADLINE_EXCEEDED, "late");
    for (let count = 0; count < 8; count++) {
      const outcome = collect();
      tryAt(transport.tries, count).fail(late);
      await expect(outcome).rejects.toBe(late);
    }
  });
});
