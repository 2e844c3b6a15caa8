import { status } from "@grpc/grpc-js";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { startUsers } from "./start-users.ts";

test("every call of the warm-up is answered from the database", async () => {
  await using users = await startUsers();
  for (const { method, message } of WARM_UP_CALLS) {
    const name = method.localName as "getUser";
    const answer = users.client[name](message as never, contextFor());
    const code = await answer.then(
      () => status.OK,
      (error) => error.code,
    );
    expect([method.name, [status.OK, status.NOT_FOUND].includes(code)]).toEqual([
      method.name,
      true,
    ]);
  }
});
