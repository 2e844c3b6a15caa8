import type { FoundByKey } from "./found-by-key.ts";
import type { Progress } from "./progress.ts";
import { untilKnown } from "./until-known.ts";

/** A list of the system that is to have what is planned. */
export interface ListPlan<Planned, Found> {
  readonly planned: readonly Planned[];
  /** Reads what the list has. */
  read(): Promise<FoundByKey<Found>>;
  /** Returns by what a thing is recognised. The second parameter has those that stand before it. */
  keyOf(planned: Planned, before: readonly Found[]): string;
  create(planned: Planned, before: readonly Found[]): Promise<Found>;
}

/** Creates what a list lacks, in the order of the plan. Returns all that is planned. */
export async function completeList<Planned, Found>(
  { planned, read, keyOf, create }: ListPlan<Planned, Found>,
  progress: Progress,
): Promise<readonly Found[]> {
  let all: Found[] = [];
  let counted = 0;
  await untilKnown(async (advance) => {
    all = [];
    const found = await read();
    for (const one of planned) {
      const existing = found.take(keyOf(one, all));
      all.push(existing ?? (await create(one, all)));
      if (all.length <= counted) continue; // an attempt before this one counted it
      counted = all.length;
      advance();
      progress.count(existing === undefined ? "created" : "found");
    }
  });
  return all;
}
