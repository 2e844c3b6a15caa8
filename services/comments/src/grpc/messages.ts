import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { fitIntoBatch } from "@triptych/chassis/validation/batch";
import { type Page, type PagedList, toNextPageToken } from "@triptych/chassis/validation/page";
import type { CommentSchema } from "@triptych/protos/comments/v1/comment_pb";
import { type Comment, etagOf } from "#domain/comment.ts";

/** Writes a comment as the contract's message. */
export function toMessage(comment: Comment): MessageInitShape<typeof CommentSchema> {
  return {
    id: comment.id,
    imageId: comment.imageId,
    authorId: comment.authorId ?? "",
    parentId: comment.parentId,
    body: comment.body,
    replyCount: comment.replyCount,
    edited: comment.edited,
    deleted: comment.deleted,
    createTime: timestampFromDate(comment.createTime),
    updateTime: timestampFromDate(comment.updateTime),
    etag: etagOf(comment),
    depth: comment.depth,
  };
}

/** A list of comments and its page. */
interface ListedPage {
  readonly list: PagedList;
  readonly page: Page<Comment>;
}

/** Writes the pages of several lists, as many as fit. */
export function toBatchMessage(pages: readonly (ListedPage | undefined)[]) {
  const fitting = fitIntoBatch(pages, ({ page }) =>
    page.items.reduce((sum, { body }) => sum + body.length, 0),
  );
  return {
    results: fitting.map((one) => (one ? { page: toPageMessage(one.list, one.page) } : {})),
  };
}

/** Writes a page of a list: its comments, and the page token, a cursor to the next page. */
export function toPageMessage(list: PagedList, page: Page<Comment>) {
  return {
    comments: page.items.map(toMessage),
    nextPageToken: toNextPageToken(list, page, ({ id }) => [id]),
  };
}
