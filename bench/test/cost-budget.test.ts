import { compareCounts, readBudgets } from "#cost/budgets.ts";
import { measureCounts } from "#cost/measure-counts.ts";
import { requestKinds } from "#cost/request-kinds.ts";
import { type SmallStack, startSmallStack } from "#cost/small-stack.ts";

/** Starts and fills six processes, and sends about 1,100 requests: also on a slow machine. */
const ALL_MS_MAX = 300_000;

let starting: Promise<SmallStack> | undefined;

beforeAll(async () => {
  starting = startSmallStack(() => {});
  await starting;
}, ALL_MS_MAX);

afterAll(async () => {
  // Also one whose start took longer than the hook may. A start that failed has cleaned up.
  const stack = await starting?.catch(() => undefined);
  await stack?.[Symbol.asyncDispose]();
}, ALL_MS_MAX);

test(
  "no request makes more calls, statements and log lines than its budget allows",
  async () => {
    const stack = await starting;
    if (stack === undefined) throw new Error("the stack did not start");
    const counts = await measureCounts(stack, await requestKinds(stack));
    const findings = compareCounts(counts, (await readBudgets()).counts);
    const over = findings.filter(({ verdict }) => verdict === "over");
    expect(over.map(({ text }) => text)).toEqual([]);
  },
  ALL_MS_MAX,
);
