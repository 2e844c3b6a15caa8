import type { User as UserMessage } from "@triptych/protos/users/v1/user_pb";
import type { User, UserSummary } from "#schemas/users.ts";
import { toText } from "./moment-text.ts";

/** Shows a user to anyone. */
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

/**
 * Shows a user with the e-mail address, which the users service gives only to the user in person.
 */
export function toSelf(message: UserMessage): User {
  return message.email === undefined
    ? toUser(message)
    : { ...toUser(message), email: message.email };
}

/** Shows what stands beside an image or a comment. */
export function toSummary({ id, handle, displayName, avatarImageId }: UserMessage): UserSummary {
  return { id, handle, displayName, avatarImageId: avatarImageId ?? null };
}
