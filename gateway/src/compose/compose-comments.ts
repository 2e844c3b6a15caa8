import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Comment as CommentMessage } from "@triptych/protos/comments/v1/comment_pb";
import type { ListCommentsResponse } from "@triptych/protos/comments/v1/comment_service_pb";
import type { Clients } from "#clients/clients.ts";
import type { Comment } from "#schemas/comments.ts";
import type { UserSummary } from "#schemas/users.ts";
import { createDegradation } from "./degradation.ts";
import { ItemTexts, toPageText } from "./item-texts.ts";
import { toText } from "./moment-text.ts";
import { findSummaries, summaryText } from "./user-summaries.ts";

const TEXTS = new ItemTexts<CommentMessage>(["author"], (message) => toComment(message, null));

/** Writes a page of comments as JSON, with their authors. Users is called once, for all of them. */
export async function composeCommentPage(
  clients: Pick<Clients, "users">,
  { comments, nextPageToken }: Pick<ListCommentsResponse, "comments" | "nextPageToken">,
  context: CallContext,
): Promise<string> {
  const degradation = createDegradation();
  const authors = comments.map(({ authorId }) => authorId);
  const { known } = await findSummaries(clients, authors, { context, degradation });
  const items = comments.map((message) =>
    TEXTS.fill(message, [summaryText(known.get(message.authorId))]),
  );
  return toPageText("comments", { items, nextPageToken, members: degradation.members() });
}

/** Adds the author to a single comment. */
export async function composeComment(
  clients: Pick<Clients, "users">,
  message: CommentMessage,
  context: CallContext,
): Promise<Comment> {
  const degradation = createDegradation();
  const { known } = await findSummaries(clients, [message.authorId], { context, degradation });
  const comment = toComment(message, known.get(message.authorId) ?? null);
  return Object.assign(comment, degradation.members()); // as composeImage does
}

function toComment(message: CommentMessage, author: UserSummary | null): Comment {
  const { id, imageId, authorId, parentId, body, replyCount, edited, deleted } = message;
  return {
    id,
    imageId,
    authorId: authorId === "" ? null : authorId,
    author,
    parentId: parentId ?? null,
    body,
    replyCount,
    edited,
    deleted,
    createTime: toText(message.createTime),
    updateTime: toText(message.updateTime),
  };
}
