import { setTimeout as delay } from "node:timers/promises";
import { CannotConnect, DatabaseUnavailable, toConnectError } from "./database-error.ts";
import type { ProbeAnswer } from "./probe-primary.ts";

/** The state of a primary: it accepts writes, it answers reads only, or it is unreachable. */
export type PrimaryState = ProbeAnswer | "unreachable";

/** The options of a monitor. */
interface PrimaryMonitorOptions {
  /** Probes the primary. Throws if it does not answer. */
  readonly probe: () => Promise<ProbeAnswer>;
  /** Called at each change. */
  readonly onChange: (state: PrimaryState) => void;
}

/**
 * Exponential backoff of the probes. A restart of Postgres takes a few hundred milliseconds, so the
 * first probes come soon.
 */
const PROBE_PAUSE_MS_FIRST = 25;
const PROBE_PAUSE_MS_MAX = 500;
/**
 * For how long reads wait for a primary that is away. A longer outage is no restart, and reads fail
 * at once.
 */
const RESTART_MS_MAX = 5_000;

/**
 * Monitors a primary. Callers report failures, and the monitor then probes the primary until it
 * accepts writes again.
 */
export class PrimaryMonitor {
  readonly #options: PrimaryMonitorOptions;
  readonly #closed = new AbortController();
  #state: PrimaryState = "writable";
  #watching = false;
  #back = Promise.resolve();
  #endWait = () => {};

  constructor(options: PrimaryMonitorOptions) {
    this.#options = options;
  }

  get state(): PrimaryState {
    return this.#state;
  }

  /** Reports that the primary refused a write, or could not be reached. */
  report(state: Exclude<PrimaryState, "writable">): void {
    this.#enter(state);
    this.suspect();
  }

  /** Reports a doubt: the primary is probed soon. */
  suspect(): void {
    if (this.#watching || this.#closed.signal.aborted) return;
    this.#watching = true;
    void this.#watch();
  }

  /**
   * Resolves once the primary is reachable. Throws DatabaseUnavailable if that takes longer than a
   * restart, and from then on at once.
   */
  untilReachable(): Promise<void> {
    return this.#back;
  }

  /** Stops probing. */
  close(): void {
    this.#closed.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closed;
    for (
      let pauseMs = PROBE_PAUSE_MS_FIRST;
      ;
      pauseMs = Math.min(pauseMs * 2, PROBE_PAUSE_MS_MAX)
    ) {
      const jittered = pauseMs * (0.5 + Math.random() / 2);
      await delay(jittered, undefined, { signal, ref: false }).catch(() => {}); // seen below
      if (signal.aborted) return;
      const state = await this.#options.probe().catch((error) => this.#stateAfter(error));
      if (signal.aborted) return;
      this.#watching = state !== "writable";
      this.#enter(state);
      if (!this.#watching) return;
    }
  }

  /** A server without a free connection for a probe may still serve the open ones. */
  #stateAfter(error: unknown): PrimaryState {
    const known = toConnectError(error);
    return known instanceof CannotConnect ? "unreachable" : this.#state;
  }

  #enter(state: PrimaryState): void {
    if (state === this.#state || this.#closed.signal.aborted) return;
    if (state === "unreachable") this.#beginWait();
    else this.#endWait();
    this.#state = state;
    this.#options.onChange(state);
  }

  #beginWait(): void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(new DatabaseUnavailable("the database has been unreachable for too long to wait"));
    }, RESTART_MS_MAX);
    timer.unref();
    promise.catch(() => {}); // there may be no reader that waits
    this.#back = promise;
    this.#endWait = () => {
      clearTimeout(timer);
      resolve();
      this.#back = Promise.resolve();
    };
  }
}
