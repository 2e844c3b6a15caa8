/** A ratio and its target. */
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
 * With more lag than this the processor is scarce, and not the part that the experiment made
 * scarce.
 */
const OWN_LAG_MS_MAX = 50;

/** Prints the lag of the experiment itself, and whether the run counts. */
export function reportOwnLag(ownLagMs: number): void {
  const verdict =
    ownLagMs > OWN_LAG_MS_MAX ? ": THE MACHINE IS TOO BUSY FOR THIS RUN TO COUNT" : "";
  print(`  the load itself was late by ${ownLagMs.toFixed(0)} ms, 99 times of 100${verdict}`);
}

/** Prints ratios with their targets. They are findings: a run that misses one is not broken. */
export function report(title: string, ratios: readonly Ratio[]): void {
  print(`\n${title}`);
  for (const { what, value, target } of ratios) {
    const isReached = "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
    const wanted = "atLeast" in target ? `>= ${target.atLeast}` : `<= ${target.atMost}`;
    const verdict = isReached ? "reached" : "MISSED";
    print(`  ${what.padEnd(WHAT_WIDTH)} ${value.toFixed(3)}  (${wanted}: ${verdict})`);
  }
}
