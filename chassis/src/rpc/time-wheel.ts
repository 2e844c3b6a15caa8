/**
 * An entry of a time wheel. The object that waits is the entry, so that waiting allocates nothing.
 */
export interface WheelEntry {
  /** When it is due, or {@link NOT_WAITING}. Only the wheel writes it. */
  dueMs: number;
  /** Called once, when the time is over: never early, and at most one tick late. */
  onDue(): void;
}

/** The `dueMs` of an entry that does not wait. */
export const NOT_WAITING = -1;

/** How late an entry may be. */
const TICK_MS = 10;
/** One turn of the wheel: 5.12 s. An entry that is due later stays in its slot for more turns. */
const SLOTS = 512;

/**
 * A timing wheel: one timer for hedges, waits in a queue, silent streams and deadlines, most of
 * which end before they are due. It runs only while there are entries, and does not keep the
 * process alive. After Varghese and Lauck, Hashed and Hierarchical Timing Wheels (1987).
 */
export class TimeWheel {
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<WheelEntry>());
  readonly #now: () => number;
  #waiting = 0;
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the timer runs. */
  get isTurning(): boolean {
    return this.#timer !== undefined;
  }

  /** Adds an entry that is due after `afterMs`. An entry that waits already is moved. */
  add(entry: WheelEntry, afterMs: number): void {
    this.remove(entry);
    entry.dueMs = this.#now() + Math.max(0, afterMs);
    this.#start();
    this.#slotOf(entry).add(entry);
    this.#waiting += 1;
  }

  /** Removes an entry. Does nothing if it does not wait. */
  remove(entry: WheelEntry): void {
    if (entry.dueMs === NOT_WAITING) return;
    this.#slotOf(entry).delete(entry);
    entry.dueMs = NOT_WAITING;
    this.#waiting -= 1;
  }

  #slotOf({ dueMs }: WheelEntry): Set<WheelEntry> {
    return this.#slots[Math.floor(dueMs / TICK_MS) % SLOTS] as Set<WheelEntry>;
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#tick = Math.floor(this.#now() / TICK_MS);
    this.#timer = setInterval(() => this.#turn(), TICK_MS).unref();
  }

  /** Visits each slot since the last visit once. The current slot may be visited again. */
  #turn(): void {
    const nowMs = this.#now();
    const tick = Math.floor(nowMs / TICK_MS);
    for (let at = Math.max(this.#tick, tick - SLOTS + 1); at <= tick; at++) {
      for (const entry of this.#slots[at % SLOTS] as Set<WheelEntry>) {
        if (entry.dueMs > nowMs) continue;
        this.remove(entry);
        entry.onDue();
      }
    }
    this.#tick = tick;
    if (this.#waiting > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** The wheel of the process. */
export const timeWheel = new TimeWheel();
