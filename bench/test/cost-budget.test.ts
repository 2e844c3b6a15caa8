import { compareCounts, readBudgets } from "#cost/budgets.ts";
import { measureCounts } from "#cost/measure-counts.ts";
import { requestKinds } from "#cost/request-kinds.ts";
import { type SmallStack, startSmallStack } from "#cost/small-stack.ts";

/** Starts and fills six processes, and sends 1,400 requests: also on a slow machine. */
const ALL_MS_MAX = 300_000;

let stack: SmallStack | undefined;

beforeAll(async () => {
  stack = await startSmallStack(() => {});
}, ALL_MS_MAX);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
}, ALL_MS_MAX);

test(
  "no request makes more calls, statements and log lines than its budget allows",
  async () => {
    if (stack === undefined) throw new Error("the stack did not start");
    const counts = await measureCounts(stack, await requestKinds(stack));
    const findings = compareCounts(counts, (await readBudgets()).counts);
    const over = findings.filter(({ verdict }) => verdict === "over");
    expect(over.map(({ text }) => text)).toEqual([]);
  },
  ALL_MS_MAX,
);
