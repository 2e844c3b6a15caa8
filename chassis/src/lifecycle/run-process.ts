import { DRAIN_TIMEOUT_MS_DEFAULT } from "#configuration/service-settings.ts";
import { createLogger, type Logger } from "#telemetry/logger.ts";
import type { Readiness } from "./readiness.ts";
import { EXIT_FAILURE, reportStartFailure } from "./report-start-failure.ts";
import { runWithTimeout } from "./run-with-timeout.ts";

/** Ended as asked. */
const EXIT_OK = 0;

/** How long closing what is drained may take. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * One Ctrl-C reaches a process several times within milliseconds: from the terminal, and again from
 * each parent that passes it on. Only a signal after this time says that somebody has lost
 * patience.
 */
const SIGNAL_ECHO_MS = 300;

/** What a process runs, once it is started. */
export interface RunningApp {
  /** Turned on once the app is started, and off before it is drained. */
  readonly readiness?: Readiness;
  /** Where the process writes its own lines. */
  readonly logger?: Logger;
  /**
   * Overrides the option of the same name: it may come from the configuration that `start` reads.
   */
  readonly drainTimeoutMs?: number;
  /**
   * Takes no more work, and lets what runs end. The signal is aborted when the time is over: what
   * still runs then is to be cut off.
   */
  readonly drain: (signal: AbortSignal) => Promise<void>;
  /** Gives back what it holds: pools, files, timers. */
  readonly close: () => Promise<void>;
}

/** How a process is run. */
interface RunProcessOptions {
  /** The process's name, in its lines. */
  readonly name: string;
  /**
   * Reads the configuration and starts. The signal is aborted if the process is told to end
   * meanwhile.
   */
  readonly start: (signal: AbortSignal) => Promise<RunningApp>;
  /**
   * The most that draining takes, and that a start takes to end after a signal, until the
   * configuration is read. 10 s if not given.
   */
  readonly drainTimeoutMs?: number;
}

/**
 * Runs a process from its start to its exit; called once, by `main.ts`.
 *
 * SIGTERM, SIGINT, and the end of a supervisor that spawned it with an IPC channel: readiness off,
 * drain, close, exit
 * 0. A second signal: exit 1 at once. Faults of the configuration: a sentence each on stderr, exit
 *   78. Any other
 * failure to start: one line on stderr, exit 1. An error that nobody caught: logged, then drained
 * as above, exit 1.
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
  /** When the process was told to end, by the clock of `performance.now()`. */
  #endingSinceMs: number | undefined;
  #exitCode = EXIT_OK;
  /** Ends a start that does not heed its signal. */
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
      this.#logger.warn({ signal }, "stopped at once: it was told to end a second time");
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
        this.#logger.warn({ step, timeoutMs }, "cut off: it took too long");
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
