import type { Account, User } from "#domain/user.ts";

/** The columns of a public profile. */
export const USER_COLUMNS =
  "id, handle, display_name, bio, avatar_image_id, follower_count, following_count, create_time, update_time, version";

/** The columns of a profile and those that only its user may see. */
export const ACCOUNT_COLUMNS = `${USER_COLUMNS}, email`;

/** A row of {@link USER_COLUMNS}. */
export interface UserRow {
  readonly id: string;
  readonly handle: string;
  readonly display_name: string;
  readonly bio: string;
  readonly avatar_image_id: string | null;
  readonly follower_count: number;
  readonly following_count: number;
  readonly create_time: Date;
  readonly update_time: Date;
  readonly version: number;
}

/** A row of {@link ACCOUNT_COLUMNS}. */
export interface AccountRow extends UserRow {
  readonly email: string;
}

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    handle: row.handle,
    displayName: row.display_name,
    bio: row.bio,
    avatarImageId: row.avatar_image_id ?? undefined,
    followerCount: row.follower_count,
    followingCount: row.following_count,
    createTime: row.create_time,
    updateTime: row.update_time,
    version: row.version,
  };
}

export function toAccount(row: AccountRow): Account {
  return { ...toUser(row), email: row.email };
}
