import type { RpcError } from "#contract/rpc-error.ts";
import { eventually } from "#testing/eventually.ts";
import { CallerPatience } from "./caller-patience.ts";
import type { ServedCall } from "./served-call.ts";

/** A served call whose caller may be silent for so long. */
function callWith(callerSilenceMsMax: number) {
  const reasons: RpcError[] = [];
  const call = {
    method: { plan: { callerSilenceMsMax } },
    cancel: (reason: RpcError) => reasons.push(reason),
  } as unknown as ServedCall;
  return { call, reasons };
}

describe("the patience of a server with the caller of a stream", () => {
  test("ends when the caller sends nothing for too long", async () => {
    const { call, reasons } = callWith(20);
    using patience = new CallerPatience(call);
    async function* silent() {
      yield "first";
      await new Promise(() => {});
    }
    const messages = patience.with(silent())[Symbol.asyncIterator]();
    expect(await messages.next()).toEqual({ done: false, value: "first" });
    void messages.next();
    await eventually(async () => reasons.length > 0);
    expect(reasons[0]).toMatchObject({ reason: "CALLER_SILENT" });
  });

  test("does not run while the handler works on a message", async () => {
    const { call, reasons } = callWith(20);
    using patience = new CallerPatience(call);
    async function* source() {
      yield "first";
      yield "second";
    }
    for await (const _ of patience.with(source())) {
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(reasons).toEqual([]);
  });

  test("has no end where no policy is in force", () => {
    const { call } = callWith(Number.POSITIVE_INFINITY);
    using patience = new CallerPatience(call);
    patience.begin();
    expect(patience.dueMs).toBe(-1);
  });
});
