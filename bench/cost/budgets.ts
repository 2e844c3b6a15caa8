import { readFile, writeFile } from "node:fs/promises";
import type { Counts } from "./count-work.ts";
import type { CountsByKind } from "./measure-counts.ts";
import { MODES, type Mode } from "./replay.ts";

/** What a request of each kind may cost. */
export interface Budgets {
  /** How to renew the file. */
  readonly comment: readonly string[];
  readonly counts: CountsByKind;
}

/** The difference between what a request costs and what it may cost. */
export interface Finding {
  /** `over` fails. `under` does not: the budget can be renewed. */
  readonly verdict: "over" | "under";
  readonly text: string;
}

const FILE = new URL("./budgets.json", import.meta.url);
const COMMENT = [
  "What one request may cost. Renew it with `pnpm bench:cost --write`, and read the difference:",
  "each number that grows is a cost that every request of its kind pays from now on.",
  "serial: for one request. together: for all requests of a replay, which are sent at once.",
];
/**
 * Of requests that are sent together, a batch may be split, by the turn in which they arrive, and a
 * cached answer may be asked for again, once. A call that all of them make is over in both modes.
 */
const TOGETHER_FACTOR = 1.5;
const TOGETHER_MORE = 1;
/**
 * What a slow machine does twice, by the clock: a read is hedged after 250 ms, and a cached answer
 * is asked for again after 1 s, with the statement and the line of a service that belong to it.
 * Such a count is over only if it is one more: half a request more may be the machine's.
 */
const BY_CLOCK = /^(?:call \S+\/(?:Batch)?(?:Get|List)|statement \S+ select_|line (?!gateway$))/;
/** What a name begins with: `call`, `statement` or `line`. */
const SORTS = ["call", "statement", "line"] as const;

/** Reads the file of budgets. */
export async function readBudgets(): Promise<Budgets> {
  return JSON.parse(await readFile(FILE, "utf8"));
}

/** Writes what was measured into the file of budgets. */
export async function writeBudgets(counts: CountsByKind): Promise<void> {
  const budgets: Budgets = { comment: COMMENT, counts };
  await writeFile(FILE, `${JSON.stringify(budgets, null, 2)}\n`);
}

/** Compares what was counted with what is allowed. */
export function compareCounts(measured: CountsByKind, allowed: CountsByKind): readonly Finding[] {
  const kinds = new Set([...Object.keys(measured), ...Object.keys(allowed)]);
  return [...kinds].flatMap((kind) => {
    const counts = measured[kind];
    const budget = allowed[kind];
    if (counts === undefined) return over(`${kind}: it has a budget and was not measured`);
    if (budget === undefined) return over(`${kind}: it has no budget`);
    return MODES.flatMap((mode) =>
      compareMode(`${kind}, ${mode}`, mode, { counts: counts[mode], budget: budget[mode] }),
    );
  });
}

function compareMode(
  place: string,
  mode: Mode,
  { counts, budget }: { readonly counts: Counts; readonly budget: Counts },
): readonly Finding[] {
  const names = new Set([...Object.keys(counts), ...Object.keys(budget)]);
  const findings = [...names].sort().flatMap((name): readonly Finding[] => {
    const [count, allowed] = [counts[name] ?? 0, budget[name] ?? 0];
    const text = `${place}: ${name}: ${count}, and the budget is ${allowed}`;
    if (isOver(mode, name, { count, allowed })) return over(text);
    return count < allowed ? [{ verdict: "under", text }] : [];
  });
  // A count that sees nothing any more would hold nothing.
  const blind = SORTS.filter((sort) => hasAny(budget, sort) && !hasAny(counts, sort));
  return [...findings, ...blind.flatMap((sort) => over(`${place}: no ${sort} was counted at all`))];
}

function isOver(
  mode: Mode,
  name: string,
  { count, allowed }: { readonly count: number; readonly allowed: number },
): boolean {
  if (mode === "together") return count > allowed * TOGETHER_FACTOR + TOGETHER_MORE;
  return BY_CLOCK.test(name) ? count >= allowed + 1 : count > allowed;
}

function hasAny(counts: Counts, sort: string): boolean {
  return Object.keys(counts).some((name) => name.startsWith(`${sort} `));
}

function over(text: string): readonly Finding[] {
  return [{ verdict: "over", text }];
}
