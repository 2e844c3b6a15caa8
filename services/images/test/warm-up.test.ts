import { status } from "@grpc/grpc-js";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { WARM_UP_CALLS } from "#grpc/warm-up-calls.ts";
import { startImages } from "./start-images.ts";

test("every call of the warm-up is answered from the database", async () => {
  await using images = await startImages();
  for (const { method, message } of WARM_UP_CALLS) {
    const name = method.localName as "getImageFacts";
    const isAnswered = async () => {
      const code = await images.client[name](message as never, contextFor()).then(
        () => status.OK,
        (error) => error.code,
      );
      return [status.OK, status.NOT_FOUND].includes(code);
    };
    // On a busy machine a first call may miss its deadline.
    await eventually(isAnswered);
  }
});
