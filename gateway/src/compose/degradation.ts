import { judge } from "@triptych/chassis/contract/verdict";
import type { CallOptions } from "@triptych/chassis/rpc/cache/response-cache";
import type { Degraded } from "#schemas/degraded.ts";

/** What a source said of some keys. */
export interface Decorations<T> {
  /** What it answered, now or earlier; undefined if nothing is known. */
  readonly answer: T | undefined;
  /** The keys of which nothing is known. */
  readonly unknown: ReadonlySet<string>;
}

/** Collects what an answer lacks, and what of it is old. */
export interface Degradation {
  /**
   * Asks a source for what decorates the answer. That it cannot be asked is noted, and not thrown.
   */
  ask<T>(
    source: Degraded["source"],
    keys: readonly string[],
    question: (options: CallOptions) => Promise<T>,
  ): Promise<Decorations<T>>;
  /** The members to put into the answer: `degraded`, or nothing if the answer is whole. */
  members(): { readonly degraded?: Degraded[] };
}

/** Begins with a whole answer. */
export function createDegradation(): Degradation {
  const stale = new Map<Degraded["source"], Date>();
  const absent = new Set<Degraded["source"]>();

  function note(source: Degraded["source"], asOf: Date | undefined, unknown: number): void {
    const oldest = stale.get(source);
    if (asOf !== undefined && (oldest === undefined || asOf < oldest)) stale.set(source, asOf);
    if (unknown > 0) absent.add(source);
  }

  return {
    async ask(source, keys, question) {
      let unknown: ReadonlySet<string> = new Set();
      try {
        const answer = await question({
          onStale({ asOf, missing }) {
            unknown = new Set(missing);
            note(source, asOf, missing.length);
          },
        });
        return { answer, unknown };
      } catch (thrown) {
        if (!judge(thrown).isUnavailable) throw thrown;
        note(source, undefined, keys.length);
        return { answer: undefined, unknown: new Set(keys) };
      }
    },
    members() {
      const degraded = [...new Set([...stale.keys(), ...absent])]
        .sort()
        .flatMap((source) => entriesOf(source, stale.get(source), absent.has(source)));
      return degraded.length > 0 ? { degraded } : {};
    },
  };
}

function entriesOf(
  source: Degraded["source"],
  asOf: Date | undefined,
  isAbsent: boolean,
): Degraded[] {
  return [
    ...(asOf === undefined ? [] : [{ source, effect: "stale" as const, asOf: asOf.toISOString() }]),
    ...(isAbsent ? [{ source, effect: "absent" as const }] : []),
  ];
}
