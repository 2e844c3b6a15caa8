/** A ratio, and what is to be reached. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly target: { readonly atLeast: number } | { readonly atMost: number };
}

const WHAT_WIDTH = 62;

/** Prints a line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * With more than this, in milliseconds, the processor is what is scarce, and not what the
 * experiment made scarce.
 */
const OWN_LAG_MS_MAX = 50;

/** Says how late the experiment itself came to its work, and if a run says nothing for that. */
export function reportOwnLag(ownLagMs: number): void {
  const verdict =
    ownLagMs > OWN_LAG_MS_MAX ? ": THE MACHINE IS TOO BUSY FOR THIS RUN TO COUNT" : "";
  print(`  the load itself was late by ${ownLagMs.toFixed(0)} ms, 99 times of 100${verdict}`);
}

/**
 * Prints ratios, each beside what is to be reached. They are findings: to miss one is no broken
 * run.
 */
export function report(title: string, ratios: readonly Ratio[]): void {
  print(`\n${title}`);
  for (const { what, value, target } of ratios) {
    const isReached = "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
    const wanted = "atLeast" in target ? `>= ${target.atLeast}` : `<= ${target.atMost}`;
    const verdict = isReached ? "reached" : "MISSED";
    print(`  ${what.padEnd(WHAT_WIDTH)} ${value.toFixed(3)}  (${wanted}: ${verdict})`);
  }
}
