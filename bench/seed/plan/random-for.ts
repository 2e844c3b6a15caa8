import { createHash } from "node:crypto";
import { createRandom, type Random } from "#world/random.ts";

/**
 * Creates a source of pseudo-random numbers for one thing of a world, such as `picture`, 17. Each
 * thing has its own, so that a larger world begins with the same things.
 */
export function randomFor(seed: number, ...path: readonly (string | number)[]): Random {
  return createRandom(hash32([seed, ...path].join("/")));
}

/** Returns an item of the list, each as often as the others. */
export function pick<Item>(random: Random, [first, ...others]: readonly [Item, ...Item[]]): Item {
  const index = random.below(others.length + 1);
  return index === 0 ? first : (others[index - 1] ?? first);
}

/** A weaker hash shows: pictures that were drawn one after another had the same colours. */
function hash32(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE();
}
