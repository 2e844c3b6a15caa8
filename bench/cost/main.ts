import { compareCounts, readBudgets, writeBudgets } from "./budgets.ts";
import { measureCounts } from "./measure-counts.ts";
import { requestKinds } from "./request-kinds.ts";
import { startSmallStack } from "./small-stack.ts";

const USAGE = "usage: pnpm bench:cost [--write]";
/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;

/** Measures what a request costs, and compares it with its budget, or writes a new one. */
async function main(isWriting: boolean): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  await using stack = await startSmallStack(say);
  say("counting");
  const counts = await measureCounts(stack, await requestKinds(stack));
  if (isWriting) {
    await writeBudgets(counts);
    say("wrote bench/cost/budgets.json");
    return;
  }
  const findings = compareCounts(counts, (await readBudgets()).counts);
  for (const { verdict, text } of findings) process.stdout.write(`${verdict}: ${text}\n`);
  process.stdout.write("held: calls, statements, lines. Not held: instructions, allocations\n");
  if (findings.length === 0) process.stdout.write("every request costs what its budget says\n");
  if (findings.some(({ verdict }) => verdict === "over")) process.exitCode = 1;
}

const words = process.argv.slice(2).filter((word) => word !== "--");
if (words.some((word) => word !== "--write")) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = EXIT_USAGE;
} else {
  await main(words.includes("--write"));
}
