import { planSeedWorld, type SeedSize, type SeedWorld } from "./plan-seed-world.ts";

const SIZE: SeedSize = { users: 30, images: 80, comments: 500, likes: 700 };

function wholeOf(world: SeedWorld) {
  const { people, pictures } = world;
  const threads = pictures.map((picture) => world.thread(picture));
  return { people, pictures, threads, likers: pictures.map((picture) => world.likers(picture)) };
}

describe("the plan of a seeded world", () => {
  const world = wholeOf(planSeedWorld(42, SIZE));
  const hidden = world.pictures.filter(({ visibility }) => visibility !== "public");

  test("is the same for the same seed, and another for another", () => {
    expect(wholeOf(planSeedWorld(42, SIZE))).toEqual(world);
    const other = wholeOf(planSeedWorld(43, SIZE));
    for (const part of ["people", "pictures", "threads", "likers"] as const) {
      expect(other[part]).not.toEqual(world[part]);
    }
    const handles = new Set(world.people.map(({ handle }) => handle));
    expect(other.people.filter(({ handle }) => handles.has(handle))).toEqual([]);
  });

  test("has as much as its size says", () => {
    expect(world.people).toHaveLength(SIZE.users);
    expect(world.pictures).toHaveLength(SIZE.images);
    expect(world.threads.flat()).toHaveLength(SIZE.comments);
    expect(world.likers.flat()).toHaveLength(SIZE.likes);
  });

  test("has handles that the API takes, and titles that are unique for their owner", () => {
    for (const { handle } of world.people) expect(handle).toMatch(/^[a-z0-9_]{3,30}$/);
    expect(new Set(world.people.map(({ handle }) => handle)).size).toBe(SIZE.users);
    const titles = world.pictures.map(({ owner, title }) => `${owner} ${title}`);
    expect(new Set(titles).size).toBe(SIZE.images);
  });

  test("lets nobody like or comment what they cannot find, or like a picture twice", () => {
    expect(hidden).not.toEqual([]);
    for (const { index } of hidden) {
      expect([world.threads[index], world.likers[index]]).toEqual([[], []]);
    }
    for (const likers of world.likers) expect(new Set(likers).size).toBe(likers.length);
  });

  test("replies only to comments that stand before, and no deeper than the API allows", () => {
    for (const thread of world.threads) {
      const depths: number[] = [];
      for (const [index, { parent }] of thread.entries()) {
        expect(parent ?? -1).toBeLessThan(index);
        depths.push(parent === undefined ? 1 : (depths[parent] ?? Number.NaN) + 1);
      }
      expect(Math.max(1, ...depths)).toBeLessThanOrEqual(7);
    }
    expect(world.threads.flat().some(({ parent }) => parent !== undefined)).toBe(true);
  });

  test("begins a larger world of as many people with the same pictures", () => {
    const larger = planSeedWorld(42, { ...SIZE, images: 2 * SIZE.images });
    expect(larger.pictures.slice(0, SIZE.images)).toEqual(world.pictures);
  });

  test("continues the threads of a world with more comments", () => {
    const larger = wholeOf(planSeedWorld(42, { ...SIZE, comments: 2 * SIZE.comments }));
    for (const [index, thread] of world.threads.entries()) {
      expect(larger.threads[index]?.slice(0, thread.length)).toEqual(thread);
    }
  });
});
