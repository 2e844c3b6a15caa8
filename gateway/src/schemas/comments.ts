import { type Static, Type } from "typebox";
import { DEGRADED } from "./degraded.ts";
import { identifier } from "./identifier.ts";
import { COMMENT_LENGTH_MAX } from "./limits.ts";
import { moment } from "./moment.ts";
import { nullable } from "./nullable.ts";
import { NextPageToken, PAGE_QUERY } from "./page.ts";
import { UserSummary } from "./users.ts";
import { words } from "./words.ts";

const Body = Type.String({
  minLength: 1,
  maxLength: COMMENT_LENGTH_MAX,
  examples: ["What a light!"],
});

/** A comment on an image, or a reply to a comment. */
export const Comment = Type.Object(
  {
    id: identifier("The comment's id."),
    imageId: identifier("The image that it is about."),
    authorId: nullable(identifier("The author's id; null for a deleted comment.")),
    author: nullable(UserSummary),
    parentId: nullable(identifier("The comment that it replies to; null at the top level.")),
    body: Type.String({ description: "Empty for a deleted comment." }),
    replyCount: Type.Integer(),
    edited: Type.Boolean(),
    deleted: Type.Boolean({
      description: "Whether it was deleted, and keeps its place for its replies.",
    }),
    createTime: moment("When it was written."),
    updateTime: moment("When it was last edited or deleted."),
    ...DEGRADED,
  },
  { $id: "Comment" },
);
export type Comment = Static<typeof Comment>;
/** The reference to it in other schemas; fastify knows the schema as `Comment`. */
export const CommentReference = Type.Unsafe<Comment>(Type.Ref("Comment#"));

/** A page of comments. */
export const CommentPage = Type.Object({
  comments: Type.Array(CommentReference),
  nextPageToken: NextPageToken,
  ...DEGRADED,
});

/** The body that creates a comment. */
export const NewComment = Type.Object(
  {
    body: Body,
    parentId: Type.Optional(nullable(identifier("The comment to reply to."))),
  },
  { additionalProperties: false },
);

/** The change of a comment by its author. */
export const CommentChange = Type.Object({ body: Body }, { additionalProperties: false });

/** The query of a list of comments. */
export const CommentQuery = Type.Object({
  order: Type.Optional(
    words(["newest", "oldest"], { description: "`newest` first if not given." }),
  ),
  ...PAGE_QUERY,
});
