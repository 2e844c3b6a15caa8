import { status } from "@grpc/grpc-js";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type CommentsUnderTest, startComments, type TestUser } from "./start-comments.ts";

let service: CommentsUnderTest;
let owner: TestUser;
let stranger: TestUser;
let imageId: string;
let id: string;

beforeAll(async () => {
  service = await startComments();
  owner = await service.signIn();
  stranger = await service.signIn();
  imageId = service.images.put({ ownerId: owner.id, isPrivate: true });
  ({ id } = await service.write(owner, imageId));
});
afterAll(() => service[Symbol.asyncDispose]());

/**
 * The methods that must not answer before images has said whether the caller may see the image.
 */
const GUARDED: Record<string, (context: CallContext) => Promise<unknown>> = {
  CreateComment: (context) => service.client.createComment({ imageId, body: "a" }, context),
  ListComments: (context) => service.client.listComments({ imageId }, context),
  GetComment: (context) => service.client.getComment({ id }, context),
  ListReplies: (context) => service.client.listReplies({ commentId: id }, context),
  UpdateComment: (context) =>
    service.client.updateComment(
      { comment: { id, body: "a" }, updateMask: { paths: ["body"] } },
      context,
    ),
  DeleteComment: (context) => service.client.deleteComment({ id }, context),
};

const BY_IMAGE = ["CreateComment", "ListComments"];
const READS = ["ListComments", "GetComment", "ListReplies"];

describe("a private image", () => {
  test.each(Object.keys(GUARDED))("does not exist for another user in %s", async (method) => {
    const reason = BY_IMAGE.includes(method) ? "IMAGE_NOT_FOUND" : "COMMENT_NOT_FOUND";
    await expect(GUARDED[method]?.(stranger.context())).rejects.toMatchObject({
      reason,
      code: status.NOT_FOUND,
    });
  });

  test.each(READS)("does not exist for an anonymous caller in %s", async (method) => {
    await expect(GUARDED[method]?.(contextFor())).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });

  test("shows its comments to its owner, whose token is passed on to images", async () => {
    const { comments } = await service.client.listComments({ imageId }, owner.context());
    expect(comments.map((comment) => comment.id)).toEqual([id]);
    expect(await service.client.getComment({ id }, owner.context())).toMatchObject({ id });
  });
});

// The last tests of the file: they stop images for good.
describe("while the images service is down", () => {
  beforeAll(() => service.images.stop());

  test.each(Object.keys(GUARDED))("%s fails with DEPENDENCY_UNAVAILABLE", async (method) => {
    await expect(GUARDED[method]?.(owner.context())).rejects.toMatchObject({
      reason: "DEPENDENCY_UNAVAILABLE",
      code: status.UNAVAILABLE,
      metadata: { service: "images" },
      retryAfterMs: expect.any(Number),
    });
  });

  test("BatchGetCommentCounts answers", async () => {
    const request = { imageIds: [imageId] };
    const { counts } = await service.client.batchGetCommentCounts(request, contextFor());
    expect(counts).toMatchObject([{ imageId, count: 1 }]);
  });
});
