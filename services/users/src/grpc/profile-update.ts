import type { User } from "@triptych/protos/users/v1/user_pb";
import type { UpdateUserRequest } from "@triptych/protos/users/v1/user_service_pb";
import type { ProfileUpdate } from "#domain/profiles.ts";
import { invalidArgument } from "#domain/reasons.ts";
import type { ProfileChange } from "#domain/user.ts";

/**
 * What each path of an update mask takes from the message. An avatar that is unset or empty is
 * taken away.
 */
const CHANGE_OF_PATH: Readonly<Record<string, (user: User) => ProfileChange>> = {
  display_name: ({ displayName }) => ({ displayName }),
  bio: ({ bio }) => ({ bio }),
  avatar_image_id: ({ avatarImageId }) => ({ avatarImageId: avatarImageId || null }),
};

/**
 * Reads what a request wants changed. Throws INVALID_ARGUMENT if its mask is empty or names another
 * field.
 */
export function toProfileUpdate({ user, updateMask }: UpdateUserRequest): ProfileUpdate {
  const paths = updateMask?.paths ?? [];
  const known = Object.keys(CHANGE_OF_PATH);
  if (user === undefined || paths.length === 0 || !paths.every((path) => known.includes(path))) {
    const message = `must name one or more of ${known.join(", ")}, and nothing else`;
    throw invalidArgument([{ field: "update_mask", message }]);
  }
  const changes = paths.map((path) => CHANGE_OF_PATH[path]?.(user));
  return { change: Object.assign({}, ...changes), id: user.id, etag: user.etag };
}
