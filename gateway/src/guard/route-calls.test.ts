import { policyOf } from "@triptych/chassis/contract/method-policy";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import { waitsFor } from "./route-calls.ts";

const { getImage } = ImageService.method;
const { batchGetUsers } = UserService.method;
const { batchGetCommentCounts } = CommentService.method;

describe("the budget and the criticality of a route", () => {
  const timeoutMs = (method: Parameters<typeof policyOf>[0]) => policyOf(method).timeoutMs;

  test("add up its calls one after the other; concurrent ones count once", () => {
    const { calls } = waitsFor(getImage, [batchGetUsers, batchGetCommentCounts]);
    const longest = Math.max(timeoutMs(batchGetUsers), timeoutMs(batchGetCommentCounts));
    expect(calls.budgetMs).toBe(timeoutMs(getImage) + longest);
  });

  test("are the criticality of the method that the route serves", () => {
    expect(waitsFor(getImage, batchGetUsers).calls.policy).toBe(policyOf(getImage));
  });
});
