import { EXIT_FAILURE, reportStartFailure } from "./report-start-failure.ts";

/** The options of a process that does one thing. */
interface RunTaskOptions {
  /** The process's name, for its lines. */
  readonly name: string;
  /**
   * Reads the configuration and does the work. The signal is aborted when the process is told to
   * end: the work must then be undone.
   */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** The most that undoing takes. */
const UNDO_MS_MAX = 5_000;

/**
 * Runs a process that does one thing and ends. Called once, by its main file.
 *
 * - Done: exit with 0.
 * - A ConfigurationError: a sentence for each violation on stderr, exit with 78.
 * - Any other failure: one line on stderr, exit with 1.
 * - SIGTERM or SIGINT before it is done: the same, since a caller must not believe that it is done.
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
