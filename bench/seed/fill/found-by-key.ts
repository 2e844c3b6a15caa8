/**
 * What a list of the system has, by a key that the plan knows too. Things with the same key are
 * told apart by their number only: the second that is planned is the second that is found.
 */
export class FoundByKey<Found> {
  readonly #found: Map<string, Found[]>;

  constructor(all: readonly Found[], keyOf: (found: Found) => string) {
    this.#found = Map.groupBy(all, keyOf);
  }

  /** Returns one that was not taken yet; undefined if there is none. */
  take(key: string): Found | undefined {
    return this.#found.get(key)?.shift();
  }
}
