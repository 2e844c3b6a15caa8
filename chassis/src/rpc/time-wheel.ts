/** Something that waits on a time wheel: it is its own entry, so that waiting allocates nothing. */
export interface WheelEntry {
  /** When it is due; written by the wheel alone. {@link NOT_WAITING} while it does not wait. */
  dueMs: number;
  /** Called once, when the time is over. Never early, and about {@link TICK_MS} late at most. */
  onDue(): void;
}

/** The `dueMs` of an entry that does not wait. */
export const NOT_WAITING = -1;

/** How late an entry may be. A timer for each call would be exact, and cost each call a timer. */
const TICK_MS = 10;
/** Five seconds: what is due later stays in its slot while the wheel turns by. */
const SLOTS = 512;

/**
 * A timing wheel: one timer for all that waits for some time and seldom waits to the end, such as
 * hedges, places in a queue, and deadlines. It runs only while something waits, and does not keep
 * the process alive. After Varghese and Lauck, Hashed and Hierarchical Timing Wheels (1987).
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

  /** Has an entry called after so many milliseconds, in place of when it was due before. */
  add(entry: WheelEntry, afterMs: number): void {
    this.remove(entry);
    entry.dueMs = this.#now() + Math.max(0, afterMs);
    this.#start();
    this.#slotOf(entry).add(entry);
    this.#waiting += 1;
  }

  /** Lets an entry wait no more. Does nothing if it does not wait. */
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

  /** Visits the slots from the last visit's to the present one, each of them once. */
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
