import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { rememberPriority } from "#admission/call-priority.ts";
import { DatabaseUnavailable, QueryCanceled } from "./database-error.ts";

/** For how long a result is reused: many health checks cause few queries. */
const FRESH_MS = 100;
/** The most that a query takes, however long its callers wait. */
const PROBE_MS_MAX = 2_000;

/** A health check of the database. Throws DatabaseUnavailable if it does not answer in time. */
type Probe = (timeoutMs: number) => Promise<void>;

/** Returns a health check whose callers share a query, and its result for 100 ms. */
export function createProbe(query: (signal: AbortSignal) => Promise<void>): Probe {
  let shared: Promise<void> | undefined;
  let freshUntilMs = 0;
  const isFresh = () => performance.now() < freshUntilMs;

  function run(): Promise<void> {
    if (shared !== undefined && isFresh()) return shared;
    freshUntilMs = Number.POSITIVE_INFINITY;
    const signal = AbortSignal.timeout(PROBE_MS_MAX);
    // With a lower priority it would queue behind all calls, and a busy database would seem dead.
    rememberPriority(signal, {
      criticality: Criticality.CRITICAL,
      deadline: Date.now() + PROBE_MS_MAX,
    });
    const result = query(signal).catch((error) => {
      if (!(error instanceof QueryCanceled)) throw error;
      throw new DatabaseUnavailable("the database did not answer in time", { cause: error });
    });
    const finished = () => {
      freshUntilMs = performance.now() + FRESH_MS;
    };
    result.then(finished, finished);
    shared = result;
    return result;
  }

  return (timeoutMs) => inTime(run(), timeoutMs);
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
