import { status } from "@grpc/grpc-js";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { startUsers } from "./start-users.ts";

test("every call of the warm-up is answered from the database", async () => {
  await using users = await startUsers();
  for (const { method, message } of WARM_UP_CALLS) {
    const name = method.localName as "getUser";
    const isAnswered = async () => {
      const code = await users.client[name](message as never, contextFor()).then(
        () => status.OK,
        (error) => error.code,
      );
      return [status.OK, status.NOT_FOUND].includes(code);
    };
    // On a busy machine a first call may miss its deadline.
    await eventually(isAnswered);
  }
});
