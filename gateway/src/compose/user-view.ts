import type { User as UserMessage } from "@triptych/protos/users/v1/user_pb";
import type { User, UserSummary } from "#schemas/users.ts";
import { toText } from "./moment-text.ts";

/** Converts a user to the shape that anybody may see. */
export function toUser(message: UserMessage): User {
  const { id, handle, displayName, bio, avatarImageId, followerCount, followingCount } = message;
  const avatar = avatarImageId ?? null;
  const createTime = toText(message.createTime);
  return {
    id,
    handle,
    displayName,
    bio,
    avatarImageId: avatar,
    followerCount,
    followingCount,
    createTime,
  };
}

/** Converts a user with the e-mail address, which users returns only to that user. */
export function toSelf(message: UserMessage): User {
  return message.email === undefined
    ? toUser(message)
    : { ...toUser(message), email: message.email };
}

/** Converts a user to the summary that is shown beside an image or a comment. */
export function toSummary({ id, handle, displayName, avatarImageId }: UserMessage): UserSummary {
  return { id, handle, displayName, avatarImageId: avatarImageId ?? null };
}
