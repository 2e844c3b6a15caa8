import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { Transport } from "#rpc/transport.ts";

/**
 * The longest that a health check is waited for. Each breaker waits no longer than its method may
 * take, and this is as long as any method with one answer may.
 */
const HEALTH_MS_MAX = 3_000;
/** For how long the breakers of all methods share one answer. */
const FRESH_MS = 100;

interface HealthCheck {
  readonly startMs: number;
  readonly isServing: Promise<boolean>;
  /** When it was answered, or failed; undefined while it is waited for. */
  endMs: number | undefined;
}

/**
 * What is known about whether a callee can answer at all: when it last answered a call, of any
 * method, and what its health service says. The breakers of all methods share it.
 */
export class CalleeLiveness {
  readonly #transport: Pick<Transport, "health">;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #check: HealthCheck | undefined;

  constructor(transport: Pick<Transport, "health">) {
    this.#transport = transport;
  }

  /** Reports that the callee has answered a call without an error. */
  answered(): void {
    this.#answeredMs = performance.now();
  }

  /** Whether the callee has so answered since a time of `performance.now()`. */
  hasAnsweredSince(timeMs: number): boolean {
    return this.#answeredMs > timeMs;
  }

  /**
   * Calls the health service in the background, unless the callee has answered since `startMs`: a
   * call that began then is late. If the call fails in the end, the health check is well under way.
   */
  suspect(startMs: number): void {
    if (!this.hasAnsweredSince(startMs)) this.#current();
  }

  /**
   * Whether the callee says within `timeoutMs` that it can do its work, or shows it: by the answer
   * to a call of any method since the check began. A check that others began is shared, and its
   * time counts from its beginning. Never rejects.
   */
  async isServing(timeoutMs: number): Promise<boolean> {
    const check = this.#current();
    return (await isPassed(check, timeoutMs)) || this.hasAnsweredSince(check.startMs);
  }

  #current(): HealthCheck {
    const known = this.#check;
    const isCurrent =
      known !== undefined &&
      (known.endMs === undefined || performance.now() - known.endMs < FRESH_MS);
    if (isCurrent) return known;
    const check: HealthCheck = {
      startMs: performance.now(),
      isServing: this.#ask().finally(() => {
        check.endMs = performance.now();
      }),
      endMs: undefined,
    };
    this.#check = check;
    return check;
  }

  async #ask(): Promise<boolean> {
    try {
      return (await this.#transport.health(HEALTH_MS_MAX)) !== "not-serving";
    } catch (thrown) {
      // A callee without a health service counts as serving.
      return thrown instanceof RpcError && thrown.code === status.UNIMPLEMENTED;
    }
  }
}

/** Whether a check is passed within a time that counts from its beginning. */
async function isPassed(
  { startMs, isServing, endMs }: HealthCheck,
  timeoutMs: number,
): Promise<boolean> {
  if (endMs !== undefined) return isServing;
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(late.resolve, startMs + timeoutMs - performance.now(), false);
  try {
    return await Promise.race([isServing, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
