import { status } from "@grpc/grpc-js";
import { newId } from "@triptych/chassis/ids/new-id";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { CommentOrder } from "@triptych/protos/comments/v1/comment_service_pb";
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

describe("a batch of lists", () => {
  test("has the pages that its caller may see, and leaves out the others", async () => {
    const shown = service.images.put({ ownerId: owner.id });
    const written = [await service.write(owner, shown), await service.write(owner, shown)];
    const [first, second] = written.map((comment) => comment.id);
    const { NEWEST, OLDEST } = CommentOrder;
    const requests = [
      { imageId: shown, order: NEWEST, pageSize: 1 },
      { imageId },
      { imageId: shown, order: OLDEST },
      { imageId: newId() },
      { imageId: "no id" },
      { imageId: shown, order: OLDEST, pageSize: 1 },
    ];
    const batch = (context: CallContext) => service.client.batchListComments({ requests }, context);
    const idsFor = async (context: CallContext) =>
      (await batch(context)).results.map(({ page }) => page?.comments.map((one) => one.id));
    const seen = [[second], undefined, [first, second], undefined, undefined, [first]];
    expect(await idsFor(contextFor())).toEqual(seen);
    expect(await idsFor(stranger.context())).toEqual(seen);
    expect(await idsFor(owner.context())).toEqual(seen.with(1, [id]));

    const pageToken = (await batch(contextFor())).results[0]?.page?.nextPageToken;
    const next = { imageId: shown, order: NEWEST, pageSize: 1, pageToken };
    expect((await service.client.listComments(next, contextFor())).comments).toMatchObject([
      { id: first },
    ]);
  });
});

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
