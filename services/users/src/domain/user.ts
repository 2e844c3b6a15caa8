/** A public profile. */
export interface User {
  /** UUIDv7; the partition key. */
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly bio: string;
  readonly avatarImageId: string | undefined;
  readonly followerCount: number;
  readonly followingCount: number;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** Counts the changes that the user makes. */
  readonly version: number;
}

/** The etag of a profile: it changes with every change that the user makes (AIP-154). */
export function etagOf({ version }: User): string {
  return String(version);
}

/** A user with the fields that only this user may see. */
export interface Account extends User {
  readonly email: string;
}

/** An account to insert. No field breaks a rule of `account-rules.ts`. */
export interface NewAccount {
  readonly id: string;
  readonly handle: string;
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  /** Also the first update time. */
  readonly createTime: Date;
}

/** The stored side of a sign-in. */
export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

/** A change of a profile. An undefined field stays as it is; null removes the avatar. */
export interface ProfileChange {
  readonly displayName?: string;
  readonly bio?: string;
  readonly avatarImageId?: string | null;
}
