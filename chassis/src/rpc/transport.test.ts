import { create } from "@bufbuild/protobuf";
import { BytesValueSchema, StringValueSchema } from "@bufbuild/protobuf/wkt";
import { EchoService } from "#testing/echo-service.ts";
import { onEveryTransport } from "#testing/echo-transports.ts";
import type { Sent, Told } from "./transport.ts";

const { say, collect } = EchoService.method;
const message = create(StringValueSchema, { value: "hello" });

function fields(leftMs = 5_000) {
  return { requestId: undefined, authorization: undefined, deadline: Date.now() + leftMs };
}

/** Sends a call. Returns whether the transport's method had returned when it told the outcome. */
function tellsAfterReturn(send: (told: Told) => Sent): Promise<boolean> {
  return new Promise((resolve) => {
    let hasReturned = false;
    const tell = () => resolve(hasReturned);
    send({ answered: tell, failed: tell });
    hasReturned = true;
  });
}

async function* chunk(error?: Error) {
  if (error !== undefined) throw error;
  yield create(BytesValueSchema);
}

onEveryTransport((serve) => {
  test("calls back only after the method has returned, however soon it ends", async () => {
    const { transport } = await serve({
      say: () => {
        throw new Error("at once");
      },
    });
    const outcomes = [
      (told: Told) => transport.unary(say, message, fields(), told),
      (told: Told) => transport.unary(say, message, fields(-1), told),
      (told: Told) => transport.clientStream(collect, chunk(), fields(), told),
      (told: Told) => transport.clientStream(collect, chunk(new Error("hang-up")), fields(), told),
    ].map(tellsAfterReturn);
    expect(await Promise.all(outcomes)).toEqual([true, true, true, true]);
  });
});
