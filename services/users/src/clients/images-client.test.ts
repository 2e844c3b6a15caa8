import { status } from "@grpc/grpc-js";
import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { createImagesClient } from "./images-client.ts";

const ID = "018f0000-0000-7000-8000-000000000001";

function findWhenImagesAnswers(error: RpcError) {
  const images = createImagesClient({ getImageFacts: () => Promise.reject(error) });
  return images.findImage(ID, contextFor());
}

describe("the client of images", () => {
  test("finds nothing if images answers IMAGE_NOT_FOUND", async () => {
    const error = new RpcError(status.NOT_FOUND, "none", { reason: "IMAGE_NOT_FOUND" });
    expect(await findWhenImagesAnswers(error)).toBeUndefined();
  });

  test("takes a NOT_FOUND without that reason for a defect: images may not know the method", async () => {
    const error = new RpcError(status.NOT_FOUND, "no such method");
    await expect(findWhenImagesAnswers(error)).rejects.toBe(error);
  });

  test("passes on how long images or its breaker says to wait", async () => {
    const error = new RpcError(status.UNAVAILABLE, "not called", { retryAfterMs: 321 });
    await expect(findWhenImagesAnswers(error)).rejects.toMatchObject({
      reason: "DEPENDENCY_UNAVAILABLE",
      metadata: { service: "images" },
      retryAfterMs: 321,
      cause: error,
    });
  });
});
