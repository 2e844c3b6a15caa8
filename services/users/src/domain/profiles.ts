import type { Asker } from "@triptych/chassis/identity/asker";
import type { AvatarImages } from "./avatar-images.ts";
import { avatarNotUsable, etagMismatch, sessionEnded } from "./reasons.ts";
import type { SessionKey } from "./session.ts";
import { type Account, etagOf, type ProfileChange } from "./user.ts";
import type { UserRepository } from "./user-repository.ts";

/** A change of the asker's own profile. No field breaks a rule of `account-rules.ts`. */
export interface ProfileUpdate {
  readonly key: SessionKey;
  readonly change: ProfileChange;
  /** The etag that the profile must still have; undefined for any. */
  readonly etag: string | undefined;
}

/** The parts that the profiles need. */
export interface ProfilesDependencies {
  readonly users: UserRepository;
  readonly avatarImages: AvatarImages;
  /** The current time. */
  readonly clock: () => Date;
}

/** Changes profiles. Throws the reasons of `reasons.ts`. */
export interface Profiles {
  /** Changes the asker's own profile, all of it or nothing. */
  updateUser(update: ProfileUpdate, asker: Asker): Promise<Account>;
}

export function createProfiles({ users, avatarImages, clock }: ProfilesDependencies): Profiles {
  async function checkAvatar(imageId: string, userId: string, asker: Asker): Promise<void> {
    const image = await avatarImages.findImage(imageId, asker);
    if (image === undefined || image.ownerId !== userId || !image.ready) {
      throw avatarNotUsable(imageId);
    }
  }

  return {
    // A conditional update: the write requires the version that the rule has allowed. The locked
    // row, the other way, would stay locked while the images service is called.
    async updateUser({ key, change, etag }, asker) {
      const { signal } = asker;
      const current = checkUpdate(await users.findAccount(key, clock(), signal), etag);
      if (typeof change.avatarImageId === "string") {
        await checkAvatar(change.avatarImageId, key.userId, asker);
      }
      const version = etag === undefined ? undefined : current.version;
      const updated = await users.updateProfile(key, { change, version, now: clock() }, signal);
      if (updated !== undefined) return updated;
      // Another change, or the session's end, came between: the same rule says which one.
      checkUpdate(await users.findAccount(key, clock(), signal), etag);
      throw etagMismatch();
    },
  };
}

/**
 * Throws unless the session is open and the etag, if any, is the current one. Its SQL twin is the
 * condition of UPDATE_PROFILE.
 */
function checkUpdate(account: Account | undefined, etag: string | undefined): Account {
  if (account === undefined) throw sessionEnded();
  if (etag !== undefined && etag !== etagOf(account)) throw etagMismatch();
  return account;
}
