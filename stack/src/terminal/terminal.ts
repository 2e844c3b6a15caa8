/**
 * Writes lines for whoever started the stack. A terminal that was closed, or a pipe that nobody
 * reads, is no reason to end.
 */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Keeps a broken pipe or a closed terminal from ending the process. */
export function surviveClosedTerminal(): void {
  process.stdout.on("error", () => {}); // nobody reads any longer
  process.stderr.on("error", () => {});
}
