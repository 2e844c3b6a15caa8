import { status } from "@grpc/grpc-js";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { startImages } from "./start-images.ts";

test("every call of the warm-up is answered from the database", async () => {
  await using images = await startImages();
  for (const { method, message } of WARM_UP_CALLS) {
    const name = method.localName as "getImageFacts";
    const answer = images.client[name](message as never, contextFor());
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
