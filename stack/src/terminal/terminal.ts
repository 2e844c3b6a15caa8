/**
 * Prints a line to the terminal. A closed terminal, or a pipe without a reader, does not end the
 * process.
 */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Keeps a broken pipe or a closed terminal from ending the process. */
export function surviveClosedTerminal(): void {
  process.stdout.on("error", () => {}); // there is no reader any more
  process.stderr.on("error", () => {});
}
