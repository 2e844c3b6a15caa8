import { firstOfShuffled } from "./first-of-shuffled.ts";
import { type PlannedPerson, planPeople } from "./plan-people.ts";
import { type PlannedPicture, planPictures } from "./plan-pictures.ts";
import { type PlannedComment, planThread } from "./plan-thread.ts";
import { randomFor } from "./random-for.ts";
import { shareOut } from "./share-out.ts";

/** How much there is in a world. */
export interface SeedSize {
  readonly users: number;
  readonly images: number;
  readonly comments: number;
  /** Not more than people could like: each of them each public picture once. */
  readonly likes: number;
}

/** A world before anything of it exists. The same for the same seed and size. */
export interface SeedWorld {
  readonly people: readonly PlannedPerson[];
  readonly pictures: readonly PlannedPicture[];
  /** Returns the comments on a picture, planned at each call: a large world has many. */
  thread(picture: PlannedPicture): readonly PlannedComment[];
  /** Returns the indices of the people who like a picture. */
  likers(picture: PlannedPicture): readonly number[];
}

/** Plans a world. Only its public pictures are commented and liked, a few of them most. */
export function planSeedWorld(seed: number, size: SeedSize): SeedWorld {
  const people = planPeople(seed, size.users);
  const pictures = planPictures(seed, size);
  const commentCounts = shareOut(size.comments, weightsOf("comments"));
  const likeCounts = shareOut(size.likes, weightsOf("likes"), people.length);

  function weightsOf(what: string): number[] {
    return pictures.map(({ index, visibility }) => {
      // Of Pareto's law: two in ten get most of it.
      const weight = (1 - randomFor(seed, what, index).next()) ** -0.8;
      return visibility === "public" ? weight : 0;
    });
  }

  return {
    people,
    pictures,
    thread: (picture) =>
      planThread({ seed, people, picture, count: commentCounts[picture.index] ?? 0 }),
    likers(picture) {
      const random = randomFor(seed, "likers", picture.index);
      return firstOfShuffled(people.length, likeCounts[picture.index] ?? 0, random.below);
    },
  };
}
