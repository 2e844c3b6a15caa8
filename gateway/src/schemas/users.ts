import { type Static, Type } from "typebox";
import { identifier } from "./identifier.ts";
import {
  BIO_LENGTH_MAX,
  DISPLAY_NAME_LENGTH_MAX,
  EMAIL_LENGTH_MAX,
  EMAIL_PATTERN,
  HANDLE_PATTERN,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  USER_QUERY_LENGTH_MAX,
} from "./limits.ts";
import { moment } from "./moment.ts";
import { nullable } from "./nullable.ts";
import { NextPageToken, PAGE_QUERY } from "./page.ts";

const DisplayName = Type.String({
  maxLength: DISPLAY_NAME_LENGTH_MAX,
  description: "Shown instead of the handle; may be empty.",
  examples: ["Ada Lovelace"],
});
const Bio = Type.String({ maxLength: BIO_LENGTH_MAX, description: "A text about oneself." });

/** A user, as everybody sees them; for oneself with the e-mail address. */
export const User = Type.Object(
  {
    id: identifier("The user's id."),
    handle: Type.String({ examples: ["ada"] }),
    displayName: Type.String({ examples: ["Ada Lovelace"] }),
    bio: Type.String(),
    avatarImageId: nullable(identifier("The image shown as the avatar.")),
    followerCount: Type.Integer(),
    followingCount: Type.Integer(),
    createTime: moment("When the account was made."),
    email: Type.Optional(Type.String({ description: "Only in answers to the user in person." })),
  },
  { $id: "User" },
);
export type User = Static<typeof User>;
/** Stands for it in other schemas; fastify must know it as `User`. */
export const UserReference = Type.Unsafe<User>(Type.Ref("User#"));

/** What is shown of the owner of an image or the author of a comment. */
export const UserSummary = Type.Object({
  id: identifier("The user's id."),
  handle: Type.String({ examples: ["ada"] }),
  displayName: Type.String({ examples: ["Ada Lovelace"] }),
  avatarImageId: nullable(identifier("The image shown as the avatar.")),
});
export type UserSummary = Static<typeof UserSummary>;

/** A page of users. */
export const UserPage = Type.Object({
  users: Type.Array(UserReference),
  nextPageToken: NextPageToken,
});

/** What opens an account. */
export const NewUser = Type.Object(
  {
    handle: Type.String({
      pattern: HANDLE_PATTERN,
      description: "The public name: 3 to 30 of a-z, 0-9 and _.",
      examples: ["ada"],
    }),
    email: Type.String({
      maxLength: EMAIL_LENGTH_MAX,
      pattern: EMAIL_PATTERN,
      examples: ["ada@example.com"],
    }),
    password: Type.String({
      minLength: PASSWORD_LENGTH_MIN,
      maxLength: PASSWORD_LENGTH_MAX,
      description: "Not one of the commonest.",
      examples: ["correct horse battery staple"],
    }),
    displayName: Type.Optional(DisplayName),
  },
  { additionalProperties: false },
);

/** What a user may change of their profile. */
export const UserChange = Type.Object(
  {
    displayName: Type.Optional(DisplayName),
    bio: Type.Optional(Bio),
    avatarImageId: Type.Optional(
      nullable(identifier("A ready image of one's own; null for no avatar.")),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

/** How users are searched for: by one of the two. */
export const UserQuery = Type.Object({
  handle: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: USER_QUERY_LENGTH_MAX,
      description: "The exact handle: gives a list of one or none.",
      examples: ["ada"],
    }),
  ),
  query: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: USER_QUERY_LENGTH_MAX,
      description: "The beginning of a handle or display name.",
    }),
  ),
  ...PAGE_QUERY,
});
