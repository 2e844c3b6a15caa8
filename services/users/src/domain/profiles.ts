import { requireUser } from "@triptych/chassis/identity/require-user";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { readFields } from "@triptych/chassis/validation/field-reader";
import { readProfileChange } from "./account-rules.ts";
import { keyOf } from "./accounts.ts";
import type { AvatarImages } from "./avatar-images.ts";
import { avatarNotUsable, etagMismatch, sessionEnded } from "./reasons.ts";
import type { Account, ProfileChange } from "./user.ts";
import type { UserRepository } from "./user-repository.ts";

/** A change that a user asks for. */
export interface ProfileUpdate {
  readonly change: ProfileChange;
  /** Whose profile the client means; empty for its own. */
  readonly id: string;
  /** Empty, or the etag that the change is based on. */
  readonly etag: string;
}

/** What profiles need. */
export interface ProfilesPorts {
  readonly users: UserRepository;
  readonly avatarImages: AvatarImages;
}

/** Changes profiles. Throws the reasons of `reasons.ts`. */
export interface Profiles {
  /** Changes the caller's own profile, all of it or nothing. */
  updateUser(update: ProfileUpdate, context: CallContext): Promise<Account>;
}

/** Makes the profiles. */
export function createProfiles({ users, avatarImages }: ProfilesPorts): Profiles {
  async function checkAvatar(imageId: string, userId: string, context: CallContext): Promise<void> {
    const image = await avatarImages.findImage(imageId, context);
    if (image === undefined || image.ownerId !== userId || !image.ready) {
      throw avatarNotUsable(imageId);
    }
  }

  return {
    async updateUser({ change, id, etag }, context) {
      const caller = requireUser(context.caller);
      readFields((fields) => {
        readProfileChange(fields, change);
        if (id !== "" && id !== caller.userId)
          fields.refuse("user.id", "must be your own, or left out");
      });
      const key = keyOf(caller);
      const current = await users.findAccount(key, context.signal);
      if (current === undefined) throw sessionEnded();
      if (etag !== "" && etag !== String(current.version)) throw etagMismatch();
      if (typeof change.avatarImageId === "string") {
        await checkAvatar(change.avatarImageId, caller.userId, context);
      }
      const updated = await users.updateProfile(key, { change, etag }, context.signal);
      if (updated !== undefined) return updated;
      // Another change, or the session's end, came between.
      const open = await users.findAccount(key, context.signal);
      throw open === undefined ? sessionEnded() : etagMismatch();
    },
  };
}
