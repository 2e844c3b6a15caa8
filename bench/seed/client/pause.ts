import { goOn, sleep } from "./stopped.ts";

const RETRY_AFTER_MS_DEFAULT = 1_000;
const PAUSE_MS_MAX = 60_000;

/** Returns for how long an answer asks its client to wait; a second if it does not say. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null || header.trim() === "") return RETRY_AFTER_MS_DEFAULT;
  const seconds = Number(header);
  const wanted = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000;
  const known = Number.isNaN(wanted) ? RETRY_AFTER_MS_DEFAULT : wanted;
  return Math.min(PAUSE_MS_MAX, Math.max(0, known));
}

/** The pause that one refusal imposes on all requests of a run: the system has too much to do. */
export class Pause {
  readonly #stop: AbortSignal;
  #until = 0;

  constructor(stop: AbortSignal) {
    this.#stop = stop;
  }

  /** Lets requests begin no earlier than after this time. */
  extend(milliseconds: number): void {
    this.#until = Math.max(this.#until, performance.now() + milliseconds);
  }

  /** Waits for the end of the pause. Throws `Stopped` if the run was stopped. */
  async end(): Promise<void> {
    for (;;) {
      const left = this.#until - performance.now();
      if (left <= 0) return goOn(this.#stop);
      await sleep(left, this.#stop);
    }
  }
}
