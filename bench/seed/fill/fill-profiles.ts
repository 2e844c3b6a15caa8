import { expectAnswer } from "#seed/client/expect-answer.ts";
import { concurrently } from "./concurrently.ts";
import { at, type Exhibit, type Filling, type Inhabitant } from "./filling.ts";
import { unlessRefused } from "./unless-refused.ts";

/** What a step needs that comes after people and pictures. */
export interface Inhabited {
  readonly people: readonly Inhabitant[];
  readonly exhibits: readonly Exhibit[];
}

/**
 * Lets people say who they are and choose an avatar, where a profile has neither. The exhibits are
 * those that are ready: no other is usable as an avatar.
 */
export async function fillProfiles(
  filling: Filling,
  { people, exhibits }: Inhabited,
): Promise<void> {
  const { door, world, progress } = filling;
  const avatars = avatarsOf(exhibits);
  progress.begin("profiles", people.length);
  await concurrently(
    people.entries(),
    async ([index, { member, profile }]) => {
      const { bio, hasAvatar } = at(world.people, index);
      const isBioMissing = bio !== "" && profile.bio === "";
      const avatar = hasAvatar && profile.avatarImageId === null ? avatars.get(index) : undefined;
      async function change(body: Readonly<Record<string, string>>): Promise<void> {
        const token = await member.token();
        await expectAnswer(door, { method: "PATCH", path: "/v1/users/me", token, body });
      }
      if (isBioMissing) await change({ bio });
      // A request of its own: a picture that was deleted meanwhile must not take the bio with it.
      if (avatar !== undefined) {
        await unlessRefused(progress, avatar, () => change({ avatarImageId: avatar.id }));
      }
      progress.count(isBioMissing || avatar !== undefined ? "created" : "found");
    },
    filling,
  );
}

/** The first public picture of each owner. */
function avatarsOf(exhibits: readonly Exhibit[]): ReadonlyMap<number, Exhibit> {
  const avatars = new Map<number, Exhibit>();
  for (const exhibit of exhibits) {
    const { owner, visibility } = exhibit.picture;
    if (!avatars.has(owner) && visibility === "public") avatars.set(owner, exhibit);
  }
  return avatars;
}
