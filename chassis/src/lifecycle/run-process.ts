import { DRAIN_TIMEOUT_MS_DEFAULT } from "#configuration/service-settings.ts";
import { createLogger, type Logger } from "#telemetry/logger.ts";
import type { Readiness } from "./readiness.ts";
import { EXIT_FAILURE, reportStartFailure } from "./report-start-failure.ts";
import { runWithTimeout } from "./run-with-timeout.ts";

/** The process ended as requested. */
const EXIT_OK = 0;

/** The most that closing takes, after the drain. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * One Ctrl-C reaches a process several times within milliseconds: from the terminal, and again from
 * each parent that passes it on. Only a signal after this time means that somebody lost patience.
 */
const SIGNAL_ECHO_MS = 300;

/** The app of a process, started. */
export interface RunningApp {
  /** Set to true once the app is started, and to false before it is drained. */
  readonly readiness?: Readiness;
  /** Receives the process's own lines. */
  readonly logger?: Logger;
  /**
   * Overrides the option of the same name: it may come from the configuration that `start` reads.
   */
  readonly drainTimeoutMs?: number;
  /**
   * Accepts no more work, and waits for the work in flight. The signal is aborted when the time is
   * over: work that still runs must then be cut off.
   */
  readonly drain: (signal: AbortSignal) => Promise<void>;
  /** Closes the resources: pools, files, timers. */
  readonly close: () => Promise<void>;
}

/** The options of a process. */
interface RunProcessOptions {
  /** The process's name, for its lines. */
  readonly name: string;
  /**
   * Reads the configuration and starts the app. The signal is aborted if the process is told to end
   * meanwhile.
   */
  readonly start: (signal: AbortSignal) => Promise<RunningApp>;
  /**
   * The most that a drain takes, and the end of a start that was interrupted, until the
   * configuration is read. 10 s if not given.
   */
  readonly drainTimeoutMs?: number;
}

/**
 * Runs a process from its start to its exit, with a graceful shutdown. Called once, by `main.ts`.
 *
 * - SIGTERM, SIGINT, or the loss of the supervisor's IPC channel: readiness off, drain, close, exit
 *   with 0.
 * - A second signal: exit with 1 at once.
 * - A ConfigurationError: a sentence for each violation on stderr, exit with 78.
 * - Any other failure to start: one line on stderr, exit with 1.
 * - An uncaught error: logged, then drained and closed as above, exit with 1.
 */
export function runProcess(options: RunProcessOptions): void {
  new ProcessRun(options).run();
}

class ProcessRun {
  readonly #options: RunProcessOptions;
  readonly #drainTimeoutMs: number;
  readonly #starting = new AbortController();
  #logger: Logger;
  #app: RunningApp | undefined;
  /** When the process was told to end, on the clock of `performance.now()`. */
  #endingSinceMs: number | undefined;
  #exitCode = EXIT_OK;
  /** Exits if a start ignores its signal. */
  #startTimer: NodeJS.Timeout | undefined;

  constructor(options: RunProcessOptions) {
    this.#options = options;
    this.#drainTimeoutMs = options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS_DEFAULT;
    this.#logger = createLogger({ service: options.name, level: "info" });
  }

  run(): void {
    process.on("SIGTERM", (signal) => this.#onSignal(signal));
    process.on("SIGINT", (signal) => this.#onSignal(signal));
    process.on("uncaughtException", (error) => this.#onUncaught(error, "uncaught exception"));
    process.on("unhandledRejection", (error) => this.#onUncaught(error, "unhandled rejection"));
    if (process.connected) {
      process.once("disconnect", () => this.#end("the supervisor is gone"));
    }
    void this.#start();
  }

  async #start(): Promise<void> {
    let app: RunningApp;
    try {
      app = await this.#options.start(this.#starting.signal);
    } catch (error) {
      if (this.#starting.signal.aborted) this.#exit(this.#exitCode);
      this.#logger.debug({ error }, "did not start");
      this.#exit(reportStartFailure(this.#options.name, error));
    }
    clearTimeout(this.#startTimer);
    this.#app = app;
    this.#logger = app.logger ?? this.#logger;
    if (this.#endingSinceMs === undefined) {
      app.readiness?.set(true);
      this.#logger.info("started");
    } else {
      await this.#drainAndExit(app);
    }
  }

  #onSignal(signal: NodeJS.Signals): void {
    if (this.#endingSinceMs === undefined) {
      this.#end(signal);
    } else if (performance.now() - this.#endingSinceMs > SIGNAL_ECHO_MS) {
      this.#logger.warn({ signal }, "stopped at once, since it received a second signal");
      this.#exit(EXIT_FAILURE);
    }
  }

  #onUncaught(error: unknown, kind: string): void {
    this.#exitCode = EXIT_FAILURE;
    this.#logger.fatal({ error }, kind);
    this.#end(kind);
  }

  #end(why: string): void {
    if (this.#endingSinceMs !== undefined) {
      return;
    }
    this.#endingSinceMs = performance.now();
    this.#logger.info({ why }, "stopping");
    if (this.#app !== undefined) {
      void this.#drainAndExit(this.#app);
      return;
    }
    this.#starting.abort(new Error(`told to end while it started: ${why}`));
    this.#startTimer = setTimeout(() => this.#exit(EXIT_FAILURE), this.#drainTimeoutMs);
  }

  async #drainAndExit(app: RunningApp): Promise<void> {
    const drainTimeoutMs = app.drainTimeoutMs ?? this.#drainTimeoutMs;
    app.readiness?.set(false);
    await this.#step("drain", drainTimeoutMs, app.drain);
    await this.#step("close", CLOSE_TIMEOUT_MS, app.close);
    this.#logger.info({ exitCode: this.#exitCode }, "stopped");
    this.#exit(this.#exitCode);
  }

  async #step(
    step: string,
    timeoutMs: number,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    try {
      if (!(await runWithTimeout(run, timeoutMs))) {
        this.#logger.warn({ step, timeoutMs }, "cut off, since it took too long");
      }
    } catch (error) {
      this.#exitCode = EXIT_FAILURE;
      this.#logger.error({ error, step }, "failed while stopping");
    }
  }

  #exit(code: number): never {
    process.exit(code);
  }
}
