import { isUnavailable } from "@triptych/chassis/rpc/rpc-error";
import type { Degraded } from "#schemas/degraded.ts";

/** Collects what an answer lacks. */
export interface Degradation {
  /** Gives what was asked for, or undefined, noted, if its source could not be asked. */
  orAbsent<T>(source: Degraded["source"], asked: Promise<T>): Promise<T | undefined>;
  /** The members to put into the answer: `degraded`, or nothing if the answer is whole. */
  members(): { readonly degraded?: Degraded[] };
}

/** Begins with a whole answer. */
export function createDegradation(): Degradation {
  const absent = new Set<Degraded["source"]>();
  return {
    async orAbsent(source, asked) {
      try {
        return await asked;
      } catch (thrown) {
        if (!isUnavailable(thrown)) throw thrown;
        absent.add(source);
        return undefined;
      }
    },
    members() {
      const degraded = [...absent].sort().map((source) => ({ source, effect: "absent" as const }));
      return degraded.length > 0 ? { degraded } : {};
    },
  };
}
