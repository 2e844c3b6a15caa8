import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Comment as CommentMessage } from "@triptych/protos/comments/v1/comment_pb";
import type { Clients } from "#clients/clients.ts";
import type { Comment } from "#schemas/comments.ts";
import type { Degraded } from "#schemas/degraded.ts";
import type { UserSummary } from "#schemas/users.ts";
import { createDegradation } from "./degradation.ts";
import { toText } from "./moment-text.ts";
import { findSummaries } from "./user-summaries.ts";

/** Comments with their authors, and what is missing of that. */
export interface ComposedComments {
  readonly comments: Comment[];
  /** The members to spread into the answer: `degraded`, or none. */
  readonly members: { readonly degraded?: Degraded[] };
}

/** Adds the authors to comments. Users is called once, for all of them. */
export async function composeComments(
  clients: Pick<Clients, "users">,
  messages: readonly CommentMessage[],
  context: CallContext,
): Promise<ComposedComments> {
  const degradation = createDegradation();
  const authors = messages.map(({ authorId }) => authorId);
  const summaries = await findSummaries(clients, authors, { context, degradation });
  const comments = messages.map((message) =>
    toComment(message, summaries.known.get(message.authorId) ?? null),
  );
  return { comments, members: degradation.members() };
}

/** Adds the author to a single comment. */
export async function composeComment(
  clients: Pick<Clients, "users">,
  message: CommentMessage,
  context: CallContext,
): Promise<Comment> {
  const { comments, members } = await composeComments(clients, [message], context);
  const [comment] = comments;
  if (comment === undefined) throw new Error("one comment was composed and none came back");
  return Object.assign(comment, members); // as composeImage does
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
