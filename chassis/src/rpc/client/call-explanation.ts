import { status } from "@grpc/grpc-js";
import { RpcError, statusName } from "#contract/rpc-error.ts";
import type { Explanation } from "#rpc/trace/explanation.ts";
import type { BatchSpan, SpanNode, Trace } from "#rpc/trace/trace.ts";
import type { BreakerState } from "#telemetry/breaker-state.ts";

/** Which call a span is for. */
export interface ExplainedMethod {
  readonly callee: string;
  readonly method: string;
  /** The state of the breaker; undefined if there is none. */
  readonly breaker: BreakerState | undefined;
}

/**
 * Records the span of one call of a client, and adds it to the trace of the call that needs it.
 */
export class CallExplanation implements Explanation {
  readonly #tree: Trace;
  readonly #method: ExplainedMethod;
  readonly #startMs = performance.now();
  readonly #calls: SpanNode[] = [];
  #breaker: BreakerState | undefined;
  #batch: BatchSpan | undefined;
  #failure: { readonly code: status; readonly reason: string } | undefined;
  #tries = 0;

  constructor(tree: Trace, method: ExplainedMethod) {
    this.#tree = tree;
    this.#method = method;
    this.#breaker = method.breaker;
  }

  /** Counts a try. */
  sent(): void {
    this.#tries += 1;
  }

  /** Adds the spans of the calls that the callee made. */
  called(calls: readonly SpanNode[]): void {
    this.#calls.push(...calls);
  }

  /** Records the state of the breaker when the call comes to it. */
  reached(breaker: BreakerState): void {
    this.#breaker = breaker;
  }

  /** Records how much of a batch came from the cache. */
  known(batch: BatchSpan): void {
    this.#batch = batch;
  }

  /** Records the error of the call, even if a stale answer takes its place. */
  failed(thrown: unknown): void {
    const isRpcError = thrown instanceof RpcError;
    this.#failure = {
      code: isRpcError ? thrown.code : status.UNKNOWN,
      reason: isRpcError ? thrown.reason : "",
    };
  }

  /** Ends the span, and adds it to the trace. */
  end(): void {
    const { callee, method } = this.#method;
    const { code = status.OK, reason = "" } = this.#failure ?? {};
    this.#tree.add({
      callee,
      method,
      code: statusName(code),
      ...(reason !== "" && { reason }),
      ms: Math.round((performance.now() - this.#startMs) * 1e3) / 1e3,
      tries: this.#tries,
      ...(this.#breaker !== undefined && { breaker: this.#breaker }),
      ...(this.#batch !== undefined && { batch: this.#batch }),
      calls: this.#calls,
    });
  }
}
