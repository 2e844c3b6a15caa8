import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { rememberPriority } from "#admission/call-priority.ts";
import { DatabaseUnavailable, QueryCanceled } from "./database-error.ts";

/** How long an answer is given again without asking: many may look, and few are asked. */
const FRESH_MS = 100;
/** The most that one question takes, whatever its askers would wait. */
const PROBE_MS_MAX = 2_000;

/**
 * Asks whether the database answers. Throws DatabaseUnavailable if it does not within so many
 * milliseconds.
 */
type Probe = (timeoutMs: number) => Promise<void>;

/** Makes a probe whose callers share one question, and its answer for a moment. */
export function createProbe(ask: (signal: AbortSignal) => Promise<void>): Probe {
  let shared: Promise<void> | undefined;
  let freshUntilMs = 0;
  const isFresh = () => performance.now() < freshUntilMs;

  function answer(): Promise<void> {
    if (shared !== undefined && isFresh()) return shared;
    freshUntilMs = Number.POSITIVE_INFINITY;
    const signal = AbortSignal.timeout(PROBE_MS_MAX);
    // Otherwise it would stand behind everybody else, and a busy database would pass for a dead
    // one.
    rememberPriority(signal, {
      criticality: Criticality.CRITICAL,
      deadline: Date.now() + PROBE_MS_MAX,
    });
    const asked = ask(signal).catch((error) => {
      if (!(error instanceof QueryCanceled)) throw error;
      throw new DatabaseUnavailable("the database did not answer in time", { cause: error });
    });
    const answered = () => {
      freshUntilMs = performance.now() + FRESH_MS;
    };
    asked.then(answered, answered);
    shared = asked;
    return asked;
  }

  return (timeoutMs) => inTime(answer(), timeoutMs);
}

async function inTime(answer: Promise<void>, timeoutMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new DatabaseUnavailable(`the database did not answer within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
