import { type Counts, countWork } from "./count-work.ts";
import { type Mode, replay } from "./replay.ts";
import type { RequestKind } from "./request-kinds.ts";
import type { SmallStack } from "./small-stack.ts";
import { takeReplays } from "./take-replays.ts";

/** What a request of each kind does, in each mode. */
export type CountsByKind = Readonly<Record<string, Readonly<Record<Mode, Counts>>>>;

/** For so long the gateway keeps the answers of BatchGetUsers and BatchGetCommentCounts fresh. */
const FRESH_MS = 1_000;
/** Rounded to halves: a cached answer is asked for again each second, by few of the requests. */
const PARTS_OF_ONE = 2;

/** Counts what a request of each kind does. */
export async function measureCounts(
  stack: SmallStack,
  kinds: readonly RequestKind[],
): Promise<CountsByKind> {
  await stack.logStatements(true);
  for (const kind of kinds) if (kind.isHot) await prime(stack, kind);
  const measured: [string, Record<Mode, Counts>][] = [];
  for (const kind of kinds) {
    const serial = await countMode(stack, kind, "serial");
    measured.push([kind.name, { serial, together: await countMode(stack, kind, "together") }]);
  }
  await stack.logStatements(false);
  return Object.fromEntries(measured);
}

async function countMode(stack: SmallStack, kind: RequestKind, mode: Mode): Promise<Counts> {
  const replays = await takeReplays(async (round) => {
    const requestId = `cost-${kind.name.replaceAll(/\W/g, "")}-${mode}-${round}`;
    const startedAt = performance.now();
    if (kind.isHot) await prime(stack, kind);
    let isStale = false;
    const result = await countWork(stack, { requestId, requests: kind.requests }, async () => {
      await replay(stack.url, { kind, mode, requestId });
      isStale = kind.isHot && performance.now() - startedAt > FRESH_MS;
    });
    return { result, isStale };
  });
  return perRequest(replays, mode === "serial" ? kind.requests : undefined);
}

/** Makes what a request asks for fresh. */
async function prime({ url }: SmallStack, kind: RequestKind): Promise<void> {
  await replay(url, { kind: { ...kind, requests: 1 }, mode: "serial", requestId: "prime" });
}

/**
 * Takes the least of some replays: for each request in halves, or for the whole replay. What
 * happens once, by the clock, is not a request's.
 */
function perRequest(replays: readonly Counts[], requests: number | undefined): Counts {
  const names = Object.keys(replays[0] ?? {}).sort();
  const entries = names.map((name) => {
    const least = Math.min(...replays.map((counts) => counts[name] ?? 0));
    if (requests === undefined) return [name, least] as const;
    return [name, Math.round((least / requests) * PARTS_OF_ONE) / PARTS_OF_ONE] as const;
  });
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}
