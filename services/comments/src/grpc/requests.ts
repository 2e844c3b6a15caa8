import { readFields } from "@triptych/chassis/validation/field-reader";
import type { PagedList } from "@triptych/chassis/validation/page";
import {
  type BatchGetCommentCountsRequest,
  CommentOrder,
  type CreateCommentRequest,
  type DeleteCommentRequest,
  type GetCommentRequest,
  type ListCommentsRequest,
  type ListRepliesRequest,
  type UpdateCommentRequest,
} from "@triptych/protos/comments/v1/comment_service_pb";
import { findBodyViolation } from "#domain/comment-body.ts";
import type { CommentDeletion, CommentEdit, NewComment } from "#domain/comment-changes.ts";
import type { CommentOrder as Order } from "#domain/comment-repository.ts";

// Each function reads a request into what the domain takes, and throws INVALID_ARGUMENT, with every
// bad field, if it cannot.

const ORDERS: ReadonlyMap<CommentOrder, Order> = new Map([
  [CommentOrder.UNSPECIFIED, "newest"],
  [CommentOrder.NEWEST, "newest"],
  [CommentOrder.OLDEST, "oldest"],
]);

/** Reads a comment that its author wants to write. */
export function readCreateComment(
  { imageId, parentId, body }: CreateCommentRequest,
  authorId: string,
): NewComment {
  return readFields((fields) => ({
    authorId,
    imageId: fields.id("image_id", imageId),
    parentId: parentId === undefined ? undefined : fields.id("parent_id", parentId),
    body: fields.checked("body", body, findBodyViolation),
  }));
}

/** Reads a comment's id. */
export function readGetComment({ id }: GetCommentRequest): string {
  return readFields((fields) => fields.id("id", id));
}

/** Reads which of an image's comments to list. `list` is what a page token belongs to. */
export function readListComments(request: ListCommentsRequest) {
  return readFields((fields) => {
    const imageId = fields.id("image_id", request.imageId);
    const order = ORDERS.get(request.order) ?? "newest";
    if (!ORDERS.has(request.order)) fields.refuse("order", "must be NEWEST or OLDEST");
    const list: PagedList = { query: ["ListComments", imageId, order], kinds: ["id"] };
    return { list, query: { imageId, order, ...fields.page(request, list) } };
  });
}

/** Reads which replies to list. `list` is what a page token belongs to. */
export function readListReplies(request: ListRepliesRequest) {
  return readFields((fields) => {
    const commentId = fields.id("comment_id", request.commentId);
    const list: PagedList = { query: ["ListReplies", commentId], kinds: ["id"] };
    return { list, query: { commentId, ...fields.page(request, list) } };
  });
}

/** Reads an edit, whose update mask names the body and nothing else. */
export function readUpdateComment(
  { comment, updateMask }: UpdateCommentRequest,
  userId: string,
): CommentEdit {
  return readFields((fields) => {
    const paths = new Set(updateMask?.paths);
    if (paths.size !== 1 || !paths.has("body")) {
      fields.refuse("update_mask", "must name body, and nothing else: only that can be changed");
    }
    return {
      userId,
      id: fields.id("comment.id", comment?.id ?? ""),
      body: fields.checked("comment.body", comment?.body ?? "", findBodyViolation),
      etag: comment?.etag || undefined,
    };
  });
}

/** Reads a deletion. */
export function readDeleteComment(
  { id, etag }: DeleteCommentRequest,
  userId: string,
): CommentDeletion {
  return readFields((fields) => ({
    userId,
    id: fields.id("id", id),
    etag: etag || undefined,
  }));
}

/** Reads the images' ids. */
export function readBatchGetCommentCounts({
  imageIds,
}: BatchGetCommentCountsRequest): readonly string[] {
  return readFields((fields) => imageIds.map((id, index) => fields.id(`image_ids[${index}]`, id)));
}
