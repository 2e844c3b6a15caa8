import { writeFile } from "node:fs/promises";
import { parseSelection, USAGE, UsageError } from "#chaos/run/parse-selection.ts";
import { failureMatrix } from "./report/failure-matrix.ts";
import { figureLines } from "./report/figure-lines.ts";
import { figuresOf } from "./run/figures.ts";
import { minutesOf, runLongForm } from "./run/long-form.ts";

const MATRIX = "docs/failure-matrix.md";
/** The exit code of a command that was not understood (`EX_USAGE` of sysexits.h). */
const EXIT_USAGE = 64;
/** The shell's exit code of a process that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** Runs the long form. Returns the exit code: 0 if every promise was kept. */
async function main(words: readonly string[]): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => interrupted.abort(new Error(signal)));
  }
  try {
    const selection = parseSelection(words);
    print(`about ${minutesOf(selection)} minutes, and the control arm; Ctrl-C ends it cleanly`);
    const longForm = await runLongForm(selection, { print, signal: interrupted.signal });
    for (const line of figureLines(figuresOf(longForm.runs))) print(line);
    if (selection.isWhole) await writeFile(MATRIX, failureMatrix(longForm));
    print(longForm.violations.length === 0 ? "every promise was kept" : "promises were broken:");
    for (const line of longForm.violations) print(`  ${line}`);
    return longForm.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return EXIT_USAGE;
  }
}

process.exitCode = await main(process.argv.slice(2));
