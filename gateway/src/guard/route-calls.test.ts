import { policyOf } from "@triptych/chassis/contract/method-policy";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import { waitsFor } from "./route-calls.ts";

const { getImage } = ImageService.method;
const { batchGetUsers } = UserService.method;
const { batchGetCommentCounts } = CommentService.method;

describe("what a route waits for", () => {
  const timeoutMs = (method: Parameters<typeof policyOf>[0]) => policyOf(method).timeoutMs;

  test("may take as long as its calls one after the other; those at the same time count once", () => {
    const { calls } = waitsFor(getImage, [batchGetUsers, batchGetCommentCounts]);
    const longest = Math.max(timeoutMs(batchGetUsers), timeoutMs(batchGetCommentCounts));
    expect(calls.budgetMs).toBe(timeoutMs(getImage) + longest);
  });

  test("matters as much as the method that it is there for", () => {
    expect(waitsFor(getImage, batchGetUsers).calls.policy).toBe(policyOf(getImage));
  });
});
