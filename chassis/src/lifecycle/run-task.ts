import { EXIT_FAILURE, reportStartFailure } from "./report-start-failure.ts";

/** What a process does before it ends. */
interface RunTaskOptions {
  /** The process's name, in its lines. */
  readonly name: string;
  /**
   * Reads the configuration and does the work. The signal is aborted when the process is told to
   * end: the work is then undone.
   */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** How long undoing may take. */
const UNDO_MS_MAX = 5_000;

/**
 * Runs a process that does one thing and ends; called once, by its main file. Exits with 0 when the
 * thing is done. Faults of the configuration: a sentence each on stderr, exit 78. Any other
 * failure: one line on stderr, exit 1, and so if SIGTERM or SIGINT came before it was done, since
 * whoever waits for it must not take it for done.
 */
export function runTask({ name, run }: RunTaskOptions): void {
  const told = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    told.abort(new Error(`told to end before it was done: ${signal}`));
    setTimeout(() => process.exit(EXIT_FAILURE), UNDO_MS_MAX);
  };
  process.once("SIGTERM", onSignal);
  process.once("SIGINT", onSignal);
  void finish({ name, run }, told.signal).then((code) => process.exit(code));
}

async function finish({ name, run }: RunTaskOptions, signal: AbortSignal): Promise<number> {
  try {
    await run(signal);
    signal.throwIfAborted();
    return 0;
  } catch (error) {
    return reportStartFailure(name, signal.aborted ? signal.reason : error, "failed");
  }
}
