import { InDoubt } from "#seed/client/front-door.ts";
import { completeList } from "./complete-list.ts";
import { FoundByKey } from "./found-by-key.ts";
import { Progress } from "./progress.ts";

const PLANNED = Array.from({ length: 60 }, (_, index) => `thing ${index}`);

/** Completes a list of a system that creates what `takes` accepts, and answers nothing. */
async function completeWithoutAnswers(takes: (thing: string) => boolean) {
  const list: string[] = [];
  let creations = 0;
  const plan = {
    planned: PLANNED,
    read: async () => new FoundByKey([...list], (thing) => thing),
    keyOf: (thing: string) => thing,
    async create(thing: string): Promise<string> {
      creations += 1;
      if (takes(thing)) list.push(thing);
      throw new InDoubt(thing);
    },
  };
  const outcome = completeList(plan, new Progress({ write: () => true }));
  const error = await outcome.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { list, creations, error };
}

test("goes on for as long as each look finds something new", async () => {
  const { list, error } = await completeWithoutAnswers(() => true);
  expect(error).toBeUndefined();
  expect(list).toEqual(PLANNED);
});

test("ends after 20 doubts in a row about the same thing", async () => {
  const { list, creations, error } = await completeWithoutAnswers((thing) => thing !== PLANNED[30]);
  expect(error).toBeInstanceOf(InDoubt);
  expect(list).toHaveLength(30);
  expect(creations).toBe(30 + 20);
});
