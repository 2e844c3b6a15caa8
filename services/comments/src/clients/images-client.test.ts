import { create } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { ImageFactsSchema } from "@triptych/protos/images/v1/image_service_pb";
import { createImagesClient } from "./images-client.ts";

const ID = "018f0000-0000-7000-8000-000000000001";
const OWNER_ID = "018f0000-0000-7000-8000-000000000002";

function findWhenImagesAnswers(error: RpcError) {
  const images = createImagesClient({ getImageFacts: () => Promise.reject(error) });
  return images.findImage(ID, contextFor());
}

describe("the images client", () => {
  test("finds whose the image is, and whether its comments are open", async () => {
    const facts = create(ImageFactsSchema, { id: ID, ownerId: OWNER_ID, commentsOpen: true });
    const images = createImagesClient({ getImageFacts: async () => facts });
    const found = await images.findImage(ID, contextFor());
    expect(found).toEqual({ ownerId: OWNER_ID, commentsOpen: true });
  });

  test("finds nothing if images knows no such image, or shows none", async () => {
    const error = new RpcError(status.NOT_FOUND, "none", { reason: "IMAGE_NOT_FOUND" });
    expect(await findWhenImagesAnswers(error)).toBeUndefined();
  });

  test("fails with DEPENDENCY_UNAVAILABLE if images cannot be called", async () => {
    const cause = new RpcError(status.UNAVAILABLE, "not there", { retryAfterMs: 321 });
    await expect(findWhenImagesAnswers(cause)).rejects.toMatchObject({
      reason: "DEPENDENCY_UNAVAILABLE",
      metadata: { service: "images" },
      retryAfterMs: 321,
      cause,
    });
  });

  test("rethrows a NOT_FOUND that is not about the image", async () => {
    const error = new RpcError(status.NOT_FOUND, "no such method");
    await expect(findWhenImagesAnswers(error)).rejects.toBe(error);
  });
});
