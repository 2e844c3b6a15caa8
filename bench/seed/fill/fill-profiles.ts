import { expectAnswer } from "#seed/client/expect-answer.ts";
import type { PlannedPerson } from "#seed/plan/plan-people.ts";
import { concurrently } from "./concurrently.ts";
import { at, type Exhibit, type Filling, type Inhabitant } from "./filling.ts";

/** What a step needs that comes after people and pictures. */
export interface Inhabited {
  readonly people: readonly Inhabitant[];
  readonly exhibits: readonly Exhibit[];
}

/** Lets people say who they are and choose an avatar, where a profile has neither. */
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
      const change = changeOf(at(world.people, index), profile, avatars.get(index));
      const isComplete = Object.keys(change).length === 0;
      if (!isComplete) {
        const token = await member.token();
        const request = { method: "PATCH", path: "/v1/users/me", token, body: change } as const;
        await expectAnswer(door, request);
      }
      progress.count(isComplete ? "found" : "created");
    },
    filling,
  );
}

/** The first public picture of each owner. */
function avatarsOf(exhibits: readonly Exhibit[]): ReadonlyMap<number, string> {
  const avatars = new Map<number, string>();
  for (const { picture, id } of exhibits) {
    const isFirst = !avatars.has(picture.owner);
    if (isFirst && picture.visibility === "public") avatars.set(picture.owner, id);
  }
  return avatars;
}

function changeOf(
  { bio, hasAvatar }: PlannedPerson,
  profile: Inhabitant["profile"],
  avatarImageId: string | undefined,
): Record<string, string> {
  const change: Record<string, string> = {};
  if (bio !== "" && profile.bio === "") change.bio = bio;
  if (hasAvatar && avatarImageId !== undefined && profile.avatarImageId === null) {
    change.avatarImageId = avatarImageId;
  }
  return change;
}
