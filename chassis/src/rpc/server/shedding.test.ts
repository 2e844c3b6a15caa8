import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { OutgoingCall } from "#rpc/transport.ts";
import { answerOf } from "#testing/answer-of.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, onEveryTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";

const { collect, say, tell } = EchoService.method;
const message = create(StringValueSchema, { value: "hello" });

function headers(given: Partial<OutgoingCall> = {}): OutgoingCall {
  return {
    requestId: undefined,
    authorization: undefined,
    deadline: Date.now() + 60_000,
    ...given,
  };
}

onEveryTransport((serve) => {
  test("is refused under overload, the least critical first, with a time to try again", async () => {
    const finish = Promise.withResolvers<void>();
    const { transport } = await serve({
      tell: async (answer) => {
        await finish.promise;
        return answer;
      },
    });
    const send = (criticality?: Criticality) =>
      answerOf((told) => transport.unary(tell, message, headers({ criticality }), told));
    const outcomes: string[] = [];
    // More than a new process admits: each admitted call stays.
    const crowd = Array.from({ length: 600 }, () =>
      send(Criticality.DEFAULT).then(
        () => outcomes.push("answered"),
        (error) => outcomes.push(error.reason),
      ),
    );
    while (outcomes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(send(Criticality.SHEDDABLE)).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      reason: "OVERLOADED",
      retryAfterMs: 1_000,
    });
    const critical = send(Criticality.CRITICAL);
    // It is admitted before the others end.
    await new Promise((resolve) => setTimeout(resolve, 50));
    finish.resolve();
    await expect(critical).resolves.toMatchObject({ value: "hello" });
    await Promise.all(crowd);
    expect(new Set(outcomes)).toEqual(new Set(["answered", "OVERLOADED"]));
    // There is room again.
    await expect(send(Criticality.SHEDDABLE)).resolves.toMatchObject({ value: "hello" });
  });
});

describe("a router", () => {
  test("does not count a method's calls against its limit if the service limits them itself", async () => {
    let begun = 0;
    const router = echoRouter({
      collect: () => {
        begun += 1;
        return new Promise(() => {});
      },
    });
    async function* nothing() {}
    // More than a process works on at once.
    const calls = Array.from({ length: 3_000 }, () => router.open(collect, headers()));
    const uploads = calls.map((call) =>
      router.clientStream(call, nothing()).catch(({ code }) => code),
    );
    await eventually(async () => begun === uploads.length);
    const sheddable = router.open(say, headers({ criticality: Criticality.SHEDDABLE }));
    await expect(router.unary(sheddable, message)).resolves.toMatchObject({ value: "hello" });
    for (const call of calls) call.cancel();
    expect(new Set(await Promise.all(uploads))).toEqual(new Set([status.CANCELLED]));
  });

  test("does not begin a call that has less time left than its method needs", async () => {
    let asked = 0;
    const router = echoRouter({
      say: async (answer) => {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 60));
        return answer;
      },
    });
    const sayUntil = (deadline: number) =>
      router.unary(router.open(say, headers({ deadline })), message);
    for (let count = 0; count < 12; count++) await sayUntil(Date.now() + 60_000);
    const late = sayUntil(Date.now() + 10);
    await expect(late).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      reason: "DEADLINE_TOO_SHORT",
    });
    const over = sayUntil(Date.now() - 1);
    await expect(over).rejects.toMatchObject({ reason: "DEADLINE_TOO_SHORT" });
    expect(asked).toBe(12);
  });
});
