/** A new replica has an even share of the calls after this time. */
export const SLOW_START_MS = 5_000;
/** The part of an even share that it has at first. */
const SHARE_FIRST = 0.1;
/**
 * A replica that was not offered for this long, and while every other was offered several times,
 * was away. When it comes back it is new: most likely another process has its address.
 */
const AWAY_MS = 1_000;
const ROUNDS_AWAY = 4;

interface Replica {
  /**
   * When it was offered first, which is when it was connected; undefined if it never was. Before
   * all time for a replica that the caller knows from its own start.
   */
  sinceMs: number | undefined;
  offeredMs: number;
  /** How many offers there had been of all replicas when it was offered last. */
  offeredAt: number;
  /** Its calls that are due: an offer adds the replica's share, a call takes one. */
  credit: number;
}

/**
 * Slow start, after Envoy's: raises the share of a new replica over some seconds. Its code is not
 * compiled and its caches are empty, so a full share at once would be answered late, and most so
 * when few other replicas are left.
 */
export class SlowStart {
  readonly #now: () => number;
  readonly #replicas = new Map<string, Replica>();
  #offers = 0;

  /** `now` returns milliseconds of a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Sets the addresses of all replicas. The first ones are not new: their caller is as young as
   * they may be, and knows of no difference.
   */
  setAddresses(addresses: readonly string[]): void {
    const sinceMs = this.#replicas.size === 0 ? Number.NEGATIVE_INFINITY : undefined;
    for (const address of this.#replicas.keys()) {
      if (!addresses.includes(address)) this.#replicas.delete(address);
    }
    for (const address of addresses) {
      if (!this.#replicas.has(address)) this.#replicas.set(address, this.#newReplica(sinceMs));
    }
  }

  /**
   * Whether the replica that round robin offers should get this call. If not, the caller takes
   * another one, if there is one.
   */
  mayPick(address: string): boolean {
    const replica = this.#replicas.get(address);
    if (replica === undefined) return true;
    const ageMs = this.#ageOf(replica);
    if (ageMs >= SLOW_START_MS) return true;
    replica.credit += Math.max(SHARE_FIRST, ageMs / SLOW_START_MS);
    if (replica.credit < 1) return false;
    replica.credit -= 1;
    return true;
  }

  #newReplica(sinceMs: number | undefined): Replica {
    return { sinceMs, offeredMs: this.#now(), offeredAt: this.#offers, credit: 0 };
  }

  /** Notes an offer of a replica. Returns for how long it has been there. */
  #ageOf(replica: Replica): number {
    const now = this.#now();
    this.#offers += 1;
    const missed = this.#offers - replica.offeredAt;
    const wasAway =
      now - replica.offeredMs >= AWAY_MS && missed > ROUNDS_AWAY * this.#replicas.size;
    if (wasAway) replica.sinceMs = undefined;
    if (replica.sinceMs === undefined) replica.credit = 0;
    replica.sinceMs ??= now;
    replica.offeredMs = now;
    replica.offeredAt = this.#offers;
    return now - replica.sinceMs;
  }
}
