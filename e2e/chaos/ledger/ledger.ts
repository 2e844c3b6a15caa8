/** The value of a key; null if the key does not exist. */
type LedgerValue = string | null;

/** A write that was sent, and whose outcome is not known yet. */
interface PendingWrite {
  /**
   * The API confirmed the write. If it was sent more than once, a lost attempt may still be
   * executed later.
   */
  acknowledge(success: { readonly attempts: number }): void;
}

interface Entry {
  acknowledged: LedgerValue;
  /** Values that were sent afterwards and never acknowledged: each may be written, or not. */
  readonly doubtful: Set<LedgerValue>;
}

/**
 * A ledger of all writes: it knows the values that each key may have in the end. A key is not
 * written again before its last write is acknowledged.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  #acknowledgedCount = 0;

  /** How many writes were acknowledged. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** Records that a value is being written; null deletes the key. */
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

  /** Whether the value of a key is known, so that it may be written again. */
  isSettled(key: string): boolean {
    return (this.#entries.get(key)?.doubtful.size ?? 0) === 0;
  }

  /** Lists the keys with a prefix, without the prefix. */
  keys(beginning: string): readonly string[] {
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(beginning));
    return keys.map((key) => key.slice(beginning.length));
  }

  /**
   * Compares the ledger with the final state: for each key the values that were found, as often as
   * they were. Returns every contradiction.
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
