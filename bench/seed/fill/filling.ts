import type { FrontDoor } from "#seed/client/front-door.ts";
import type { Member } from "#seed/client/member.ts";
import type { PlannedPicture } from "#seed/plan/plan-pictures.ts";
import type { SeedWorld } from "#seed/plan/plan-seed-world.ts";
import type { Progress } from "./progress.ts";

/** What every step of a run needs. */
export interface Filling {
  readonly door: FrontDoor;
  readonly world: SeedWorld;
  /** Of every person of the world. */
  readonly password: string;
  /** How many requests are under way at once. */
  readonly places: number;
  readonly stop: AbortSignal;
  readonly progress: Progress;
}

/** A person of the world who has an account. */
export interface Inhabitant {
  readonly member: Member;
  /** Their profile, as it was found. */
  readonly profile: { readonly bio: string; readonly avatarImageId: string | null };
}

/** A picture of the world that was uploaded. */
export interface Exhibit {
  readonly picture: PlannedPicture;
  readonly id: string;
  readonly owner: Member;
  /** As it was found, or as the upload left it. */
  readonly state: "processing" | "ready" | "failed";
}

/** Returns an item of a list, which has it because the plan of the world says so. */
export function at<Item>(list: readonly Item[], index: number): Item {
  const item = list[index];
  if (item === undefined) throw new Error(`a list of ${list.length} has no item ${index}`);
  return item;
}
