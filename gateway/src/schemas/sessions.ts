import { type Static, Type } from "typebox";
import { identifier } from "./identifier.ts";
import { LOGIN_LENGTH_MAX, PASSWORD_LENGTH_MAX, REFRESH_TOKEN_LENGTH_MAX } from "./limits.ts";
import { moment } from "./moment.ts";
import { NextPageToken } from "./page.ts";
import { UserReference } from "./users.ts";

/** The body of a sign-in. */
export const NewSession = Type.Object(
  {
    login: Type.String({
      "x-trimmed": true,
      minLength: 1,
      maxLength: LOGIN_LENGTH_MAX,
      description: "A handle or an e-mail address.",
      examples: ["ada"],
    }),
    password: Type.String({
      minLength: 1,
      maxLength: PASSWORD_LENGTH_MAX,
      examples: ["correct horse battery staple"],
    }),
  },
  { additionalProperties: false },
);

/** A request for new tokens. */
export const SessionRefresh = Type.Object(
  {
    refreshToken: Type.String({
      minLength: 1,
      maxLength: REFRESH_TOKEN_LENGTH_MAX,
      description: "The newest refresh token of the session. It is valid for one use.",
    }),
  },
  { additionalProperties: false },
);

/** The tokens of a session, and its user. */
export const Session = Type.Object(
  {
    accessToken: Type.String({ description: "Goes into `Authorization: Bearer …`." }),
    tokenType: Type.Literal("Bearer"),
    expiresIn: Type.Integer({
      description: "The lifetime of the access token, in seconds.",
      examples: [600],
    }),
    refreshToken: Type.String({ description: "For `POST /v1/sessions/refresh`, once." }),
    user: UserReference,
  },
  { $id: "Session" },
);
export type Session = Static<typeof Session>;
/** The reference to it in other schemas; fastify knows the schema as `Session`. */
export const SessionReference = Type.Unsafe<Session>(Type.Ref("Session#"));

/** An open session: a signed-in device. */
export const OpenSession = Type.Object({
  id: identifier("The session's id."),
  userAgent: Type.String({ description: "The `User-Agent` of the sign-in." }),
  current: Type.Boolean({ description: "Whether it is the session of this request." }),
  createTime: moment("When it began."),
  lastUseTime: moment("When its refresh token was last used, or when it began."),
  expireTime: moment("When it ends unless it is refreshed before."),
});

/** A page of open sessions. */
export const OpenSessionPage = Type.Object({
  sessions: Type.Array(OpenSession),
  nextPageToken: NextPageToken,
});
