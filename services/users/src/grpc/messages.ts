import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { SessionSchema, UserSchema } from "@triptych/protos/users/v1/user_pb";
import type { CreateSessionResponseSchema } from "@triptych/protos/users/v1/user_service_pb";
import type { Session } from "#domain/session.ts";
import type { GrantedSession } from "#domain/sessions.ts";
import type { Account, User } from "#domain/user.ts";

/** Makes the message of a public profile. */
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
    etag: String(user.version),
  };
}

/** Makes the message of an account, for its user in person. */
export function toAccountMessage(account: Account): MessageInitShape<typeof UserSchema> {
  return { ...toUserMessage(account), email: account.email };
}

/** Makes the message of a session. */
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

/** Makes what a sign-in and a refresh both answer. */
export function toGrantMessage({
  session,
  tokens,
  account,
}: GrantedSession): Omit<MessageInitShape<typeof CreateSessionResponseSchema>, "$typeName"> {
  return { session: toSessionMessage(session), tokens, user: toAccountMessage(account) };
}
