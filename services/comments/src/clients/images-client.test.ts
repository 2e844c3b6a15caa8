import { status } from "@grpc/grpc-js";
import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createImagesClient } from "./images-client.ts";

const ID = "018f0000-0000-7000-8000-000000000001";

function findWhenImagesAnswers(error: RpcError) {
  const images = createImagesClient({ getImage: () => Promise.reject(error) });
  return images.findImage(ID, contextFor());
}

describe("the images client", () => {
  test("finds nothing if images knows no such image, or shows none", async () => {
    const error = new RpcError(status.NOT_FOUND, "none", { reason: "IMAGE_NOT_FOUND" });
    expect(await findWhenImagesAnswers(error)).toBeUndefined();
  });

  test.each([
    ["is down", status.UNAVAILABLE],
    ["does not answer in time", status.DEADLINE_EXCEEDED],
    ["is broken", status.INTERNAL],
    ["sheds the call", status.RESOURCE_EXHAUSTED],
  ])("fails with DEPENDENCY_UNAVAILABLE if images %s", async (_what, code) => {
    const cause = new RpcError(code, "10.0.0.7:8082 is not there");
    const failure = findWhenImagesAnswers(cause);
    await expect(failure).rejects.toMatchObject({ reason: "DEPENDENCY_UNAVAILABLE", cause });
    await expect(failure).rejects.toMatchObject({ retryAfterMs: 1_000 });
    await expect(failure).rejects.not.toThrow(/10\.0\.0\.7/);
  });

  test("passes on how long to wait when the breaker says it", async () => {
    const error = new RpcError(status.UNAVAILABLE, "not asked", { retryAfterMs: 321 });
    await expect(findWhenImagesAnswers(error)).rejects.toMatchObject({ retryAfterMs: 321 });
  });

  test("takes a NOT_FOUND that is not about the image for no answer at all", async () => {
    const error = new RpcError(status.NOT_FOUND, "no such method");
    await expect(findWhenImagesAnswers(error)).rejects.toBe(error);
  });
});
