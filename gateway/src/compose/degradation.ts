import { judge } from "@triptych/chassis/contract/verdict";
import type { CallOptions } from "@triptych/chassis/rpc/cache/response-cache";
import type { Degraded } from "#schemas/degraded.ts";

/** The answer of a source about some keys. */
export interface Decorations<T> {
  /** The answer, new or cached; undefined if there is none. */
  readonly answer: T | undefined;
  /** The keys without an answer. */
  readonly unknown: ReadonlySet<string>;
}

/** Collects the sources whose part of an answer is stale or absent: graceful degradation. */
export interface Degradation {
  /** Calls a source that decorates the answer. Notes that it is unavailable, and does not throw. */
  request<T>(
    source: Degraded["source"],
    keys: readonly string[],
    send: (options: CallOptions) => Promise<T>,
  ): Promise<Decorations<T>>;
  /** The members to put into the answer: `degraded`, or none if the answer is complete. */
  members(): { readonly degraded?: Degraded[] };
}

/** Creates the degradation of an answer that is complete so far. */
export function createDegradation(): Degradation {
  const stale = new Map<Degraded["source"], Date>();
  const absent = new Set<Degraded["source"]>();

  function note(source: Degraded["source"], asOf: Date | undefined, unknown: number): void {
    const oldest = stale.get(source);
    if (asOf !== undefined && (oldest === undefined || asOf < oldest)) stale.set(source, asOf);
    if (unknown > 0) absent.add(source);
  }

  return {
    async request(source, keys, send) {
      let unknown: ReadonlySet<string> = new Set();
      try {
        const answer = await send({
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
