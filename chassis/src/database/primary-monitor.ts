import { setTimeout as delay } from "node:timers/promises";
import { CannotConnect, DatabaseUnavailable, toConnectError } from "./database-error.ts";
import type { ProbeAnswer } from "./probe-primary.ts";

/** What is known of a primary: it takes writes, it answers reads only, or it cannot be reached. */
export type PrimaryState = ProbeAnswer | "unreachable";

/** What a monitor needs. */
interface PrimaryMonitorOptions {
  /** Asks the primary. Throws if it does not answer. */
  readonly probe: () => Promise<ProbeAnswer>;
  /** Told of each change. */
  readonly onChange: (state: PrimaryState) => void;
}

/**
 * A restart takes Postgres a few hundred milliseconds; it is asked soon, then less often, twice a
 * second at last.
 */
const PROBE_PAUSE_MS_FIRST = 25;
const PROBE_PAUSE_MS_MAX = 500;
/**
 * So long a primary may be away and reads wait for it: what takes longer is no restart, and whoever
 * asks is told at once.
 */
const RESTART_MS_MAX = 5_000;

/**
 * Knows how a primary does: callers tell of what failed, and while not all is well it is probed
 * until it is.
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

  /** A call was told so by the primary itself, or could not reach it. */
  report(state: Exclude<PrimaryState, "writable">): void {
    this.#enter(state);
    this.suspect();
  }

  /** A call has reason to doubt: the primary is probed soon. */
  suspect(): void {
    if (this.#watching || this.#closed.signal.aborted) return;
    this.#watching = true;
    void this.#watch();
  }

  /**
   * Resolves once the primary can be reached. Throws DatabaseUnavailable if that takes longer than
   * a restart, and at once from then on.
   */
  untilReachable(): Promise<void> {
    return this.#back;
  }

  /** Probes no more. */
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

  /** A server that has no connection left for a probe says nothing of those that are open. */
  #stateAfter(error: unknown): PrimaryState {
    const known = toConnectError(error);
    const isShort = known instanceof DatabaseUnavailable && !(known instanceof CannotConnect);
    return isShort ? this.#state : "unreachable";
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
    promise.catch(() => {}); // nobody may be waiting
    this.#back = promise;
    this.#endWait = () => {
      clearTimeout(timer);
      resolve();
      this.#back = Promise.resolve();
    };
  }
}
