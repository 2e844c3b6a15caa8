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
  /** Counts the changes that the user makes; the etag. */
  readonly version: number;
}

/** The profile's etag: another one after every change that the user makes (AIP-154). */
export function etagOf({ version }: User): string {
  return String(version);
}

/** A user as only the user in person sees it. */
export interface Account extends User {
  readonly email: string;
}

/** What a new account is made of, after every rule. */
export interface NewAccount {
  readonly id: string;
  readonly handle: string;
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  /** Also its first update time. */
  readonly createTime: Date;
}

/** What decides a sign-in. */
export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string;
}

/** What a user changes of the profile; what is undefined stays. A null avatar is taken away. */
export interface ProfileChange {
  readonly displayName?: string;
  readonly bio?: string;
  readonly avatarImageId?: string | null;
}
