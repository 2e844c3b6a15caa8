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
  "x-trimmed": true,
  maxLength: DISPLAY_NAME_LENGTH_MAX,
  description: "Shown instead of the handle; may be empty.",
  examples: ["Ada Lovelace"],
});
const Bio = Type.String({ maxLength: BIO_LENGTH_MAX, description: "A text about oneself." });

/** A user as everybody sees them, with the e-mail address only for the user themselves. */
export const User = Type.Object(
  {
    id: identifier("The user's id."),
    handle: Type.String({ examples: ["ada"] }),
    displayName: Type.String({ examples: ["Ada Lovelace"] }),
    bio: Type.String(),
    avatarImageId: nullable(identifier("The image shown as the avatar.")),
    followerCount: Type.Integer(),
    followingCount: Type.Integer(),
    createTime: moment("When the account was created."),
    email: Type.Optional(Type.String({ description: "Only for oneself." })),
  },
  { $id: "User" },
);
export type User = Static<typeof User>;
/** The reference to it in other schemas; fastify knows the schema as `User`. */
export const UserReference = Type.Unsafe<User>(Type.Ref("User#"));

/** The part of a user that is shown beside an image or a comment. */
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

/** The body that creates an account. */
export const NewUser = Type.Object(
  {
    handle: Type.String({
      "x-trimmed": true,
      pattern: HANDLE_PATTERN,
      description: "The public name: 3 to 30 of a-z, 0-9 and _.",
      examples: ["ada"],
    }),
    email: Type.String({
      "x-trimmed": true,
      maxLength: EMAIL_LENGTH_MAX,
      pattern: EMAIL_PATTERN,
      examples: ["ada@example.com"],
    }),
    password: Type.String({
      minLength: PASSWORD_LENGTH_MIN,
      maxLength: PASSWORD_LENGTH_MAX,
      description: "Not one of the most common passwords.",
      examples: ["correct horse battery staple"],
    }),
    displayName: Type.Optional(DisplayName),
  },
  { additionalProperties: false },
);

/** The change of a profile by its user. */
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

/** The query of a search for users: by handle, or by the beginning of a name. */
export const UserQuery = Type.Object({
  handle: Type.Optional(
    Type.String({
      "x-trimmed": true,
      minLength: 1,
      maxLength: USER_QUERY_LENGTH_MAX,
      description: "The exact handle: returns a list of one or none.",
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
