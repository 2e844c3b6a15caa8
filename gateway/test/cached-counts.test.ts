import { randomUUID } from "node:crypto";
import { policyOf } from "@triptych/chassis/contract/method-policy";
import { eventually } from "@triptych/chassis/testing/eventually";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ADA, COMMENT, imageMessage, userMessage } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

const { freshForMs } = policyOf(CommentService.method.batchGetCommentCounts);

describe("the cached comment counts of a list of images", () => {
  let gateway: TestGateway;
  /** The ids of each request for counts. */
  const requested: (readonly string[])[] = [];
  let commented = randomUUID();
  let other = randomUUID();
  let count = 0;

  beforeAll(async () => {
    gateway = await startTestGateway({
      users: { batchGetUsers: async ({ ids }) => ({ users: ids.map((id) => userMessage(id)) }) },
      images: {
        listImages: async () => ({ images: [imageMessage(commented), imageMessage(other)] }),
      },
      comments: {
        batchGetCommentCounts: async ({ imageIds }) => {
          requested.push(imageIds);
          return { counts: imageIds.map((imageId) => ({ imageId, count })) };
        },
        deleteComment: async () => {
          count -= 1;
          return { imageId: commented };
        },
      },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  /** Lists two images, deletes a comment of the first, and lists them again. */
  async function deleteBetweenLists() {
    [commented, other, count] = [randomUUID(), randomUUID(), 7];
    await gateway.fetch("/v1/images");
    requested.splice(0);
    const headers = await gateway.as(ADA);
    const deleted = await gateway.fetch(`/v1/comments/${COMMENT}`, { method: "DELETE", headers });
    expect(deleted.status).toBe(204);
    return await bodyOf(await gateway.fetch("/v1/images"));
  }

  test("are invalidated for the image of a deleted comment, and kept for every other", async () => {
    const list = await eventually(async () => {
      const startMs = performance.now();
      const body = await deleteBetweenLists();
      // On a slow machine every count may have expired by then, and the test begins again.
      return performance.now() - startMs < freshForMs && body;
    });
    expect(list.images).toMatchObject([
      { id: commented, commentCount: 6 },
      { id: other, commentCount: 7 },
    ]);
    expect(requested).toEqual([[commented]]);
  });
});
