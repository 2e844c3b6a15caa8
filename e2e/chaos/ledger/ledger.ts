/** What a key holds; null if it is not there. */
type LedgerValue = string | null;

/** One write that was sent, and of which somebody is yet to say what became. */
interface PendingWrite {
  /**
   * The API said that it was done. If it was sent more than once, a lost one of the tries may yet
   * be done again later.
   */
  acknowledge(success: { readonly attempts: number }): void;
}

interface Entry {
  acknowledged: LedgerValue;
  /** What was sent since, and never acknowledged: it may have been done, or not. */
  readonly doubtful: Set<LedgerValue>;
}

/**
 * Which value a key may hold in the end. Whoever writes a key waits until the write before is
 * acknowledged.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  #acknowledgedCount = 0;

  /** How many writes were acknowledged. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** Notes that a value is being written; null takes the key away. */
  write(key: string, value: LedgerValue): PendingWrite {
    const entry = this.#entries.get(key) ?? { acknowledged: null, doubtful: new Set() };
    this.#entries.set(key, entry);
    entry.doubtful.add(value);
    return {
      acknowledge: ({ attempts }) => {
        this.#acknowledgedCount += 1;
        entry.acknowledged = value;
        entry.doubtful.clear();
        if (attempts > 1) entry.doubtful.add(value);
      },
    };
  }

  /** Whether it is known what a key holds, and so may be written again. */
  isSettled(key: string): boolean {
    return (this.#entries.get(key)?.doubtful.size ?? 0) === 0;
  }

  /** The rest of each key that begins like this. */
  keys(beginning: string): readonly string[] {
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(beginning));
    return keys.map((key) => key.slice(beginning.length));
  }

  /**
   * Compares with what is there in the end: each value of each key, as often as it was found.
   * Returns every contradiction.
   */
  findViolations(found: ReadonlyMap<string, readonly string[]>): readonly string[] {
    const violations: string[] = [];
    for (const [key, { acknowledged, doubtful }] of this.#entries) {
      const values = found.get(key) ?? [];
      const [value = null] = values;
      const possible = [acknowledged, ...doubtful];
      if (values.length > 1) violations.push(`${key} is there ${values.length} times`);
      else if (!possible.includes(value)) {
        violations.push(
          `${key} is ${show(value)}, and should be ${possible.map(show).join(" or ")}`,
        );
      }
    }
    return violations;
  }
}

function show(value: LedgerValue): string {
  return value === null ? "not there" : `"${value}"`;
}
