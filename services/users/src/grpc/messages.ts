import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Page, type PagedList, toNextPageToken } from "@triptych/chassis/validation/page";
import type { SessionSchema, UserSchema } from "@triptych/protos/users/v1/user_pb";
import type { CreateSessionResponseSchema } from "@triptych/protos/users/v1/user_service_pb";
import type { Session } from "#domain/session.ts";
import type { GrantedSession } from "#domain/sessions.ts";
import { type Account, etagOf, type User } from "#domain/user.ts";

/** The message of a public profile. */
export function toUserMessage(user: User): MessageInitShape<typeof UserSchema> {
  return {
    id: user.id,
    handle: user.handle,
    displayName: user.displayName,
    bio: user.bio,
    avatarImageId: user.avatarImageId,
    followerCount: user.followerCount,
    followingCount: user.followingCount,
    createTime: timestampFromDate(user.createTime),
    updateTime: timestampFromDate(user.updateTime),
    etag: etagOf(user),
  };
}

/** The message of an account, for its own user only. */
export function toAccountMessage(account: Account): MessageInitShape<typeof UserSchema> {
  return { ...toUserMessage(account), email: account.email };
}

/** The message of an account if the domain returned one, else of a public profile. */
export function toMessage(user: User | Account): MessageInitShape<typeof UserSchema> {
  return "email" in user ? toAccountMessage(user) : toUserMessage(user);
}

/** A page of public profiles, and the token of the next page. */
export function toUserPageMessage(list: PagedList, page: Page<User>) {
  return {
    users: page.items.map(toUserMessage),
    nextPageToken: toNextPageToken(list, page, ({ handle }) => [handle]),
  };
}

/** The message of a session. */
export function toSessionMessage(session: Session): MessageInitShape<typeof SessionSchema> {
  return {
    id: session.id,
    userId: session.userId,
    userAgent: session.userAgent,
    createTime: timestampFromDate(session.createTime),
    refreshTime: timestampFromDate(session.refreshTime),
    expireTime: timestampFromDate(session.expireTime),
  };
}

/** A page of sessions, and the token of the next page. */
export function toSessionPageMessage(list: PagedList, page: Page<Session>) {
  return {
    sessions: page.items.map(toSessionMessage),
    nextPageToken: toNextPageToken(list, page, ({ id }) => [id]),
  };
}

/** The answer of a sign-in and of a refresh. */
export function toGrantMessage({
  session,
  tokens,
  account,
}: GrantedSession): Omit<MessageInitShape<typeof CreateSessionResponseSchema>, "$typeName"> {
  return { session: toSessionMessage(session), tokens, user: toAccountMessage(account) };
}
