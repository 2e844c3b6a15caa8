import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { CallContext } from "#rpc/call-context.ts";
import type { IncomingCall } from "#rpc/transport.ts";
import { EchoService } from "#testing/echo-service.ts";
import { type EchoHandlers, echoRouter } from "#testing/echo-transports.ts";

const { say } = EchoService.method;
const message = create(StringValueSchema, { value: "hello" });

/** Opens a call of `Say` for a user, with this handler. */
function openCall(handler: EchoHandlers["say"], given: Partial<IncomingCall> = {}) {
  const router = echoRouter({ say: handler });
  const call = router.open(say, {
    requestId: "r",
    authorization: "Bearer good",
    criticality: Criticality.CRITICAL,
    deadline: undefined,
    ...given,
  });
  return { call, answer: () => router.unary(call, message) };
}

describe("a served call", () => {
  test("is a context that can be copied with another deadline", async () => {
    const received: CallContext[] = [];
    const { call, answer } = openCall(async (request, context) => {
      received.push({ ...context, deadline: 1 });
      return request;
    });
    await answer();
    expect(received).toEqual([
      expect.objectContaining({
        requestId: "r",
        caller: expect.objectContaining({ kind: "user", userId: "u" }),
        criticality: Criticality.CRITICAL,
        deadline: 1,
      }),
    ]);
    expect(received[0]?.signal).toBe(call.signal);
  });

  test("knows its caller before the handler is called, so that the handler may destructure it", async () => {
    const callers: string[] = [];
    const { call, answer } = openCall(async (request, { caller }) => {
      callers.push(caller.kind);
      return request;
    });
    expect(call.caller.kind).toBe("anonymous");
    await answer();
    expect(callers).toEqual(["user"]);
  });

  test("does not call its handler if the token is bad", async () => {
    let isCalled = false;
    const handler = async () => {
      isCalled = true;
      return message;
    };
    const { answer } = openCall(handler, { authorization: "Bearer bad" });
    await expect(answer()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    expect(isCalled).toBe(false);
  });

  test("answers with the handler's own message", async () => {
    const { answer } = openCall(async () => message);
    expect(await answer()).toBe(message);
  });

  test("stops waiting for its handler when the caller gives up, and says so by its signal", async () => {
    const { call, answer } = openCall(() => new Promise(() => {}));
    const answered = answer();
    call.cancel();
    await expect(answered).rejects.toMatchObject({ code: status.CANCELLED });
    expect(call.signal.reason).toMatchObject({ code: status.CANCELLED });
  });

  test("stops waiting for its handler when its deadline passes", async () => {
    const { call, answer } = openCall(() => new Promise(() => {}));
    await expect(answer()).rejects.toMatchObject({ reason: "DEADLINE_EXCEEDED" });
    expect(call.signal.reason).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
  });

  test("ignores what its handler throws afterwards", async () => {
    const late = Promise.withResolvers<never>();
    const { call, answer } = openCall(() => late.promise);
    const answered = answer();
    call.cancel();
    await expect(answered).rejects.toMatchObject({ code: status.CANCELLED });
    late.reject(new Error("too late"));
    await new Promise((resolve) => setImmediate(resolve));
  });

  test("is not cancelled once it is answered, although grpc-js reports every call so in the end", async () => {
    const { call, answer } = openCall(async () => message);
    await answer();
    call.cancel();
    expect(call.signal.aborted).toBe(false);
  });
});
