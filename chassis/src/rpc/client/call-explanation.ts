import { status } from "@grpc/grpc-js";
import { RpcError, statusName } from "#contract/rpc-error.ts";
import type { Explanation } from "#rpc/trace/explanation.ts";
import type { BatchSpan, SpanNode, Trace } from "#rpc/trace/trace.ts";
import type { BreakerState } from "#telemetry/breaker-state.ts";

/** Which call is explained. */
export interface ExplainedMethod {
  readonly callee: string;
  readonly method: string;
  /** What the breaker is now; undefined if there is none. */
  readonly breaker: BreakerState | undefined;
}

/**
 * Gathers what becomes of one call that a client makes, and adds it to the tree of the call that it
 * is made for.
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

  /** Tells that the call was sent: to be called for each try. */
  sent(): void {
    this.#tries += 1;
  }

  /** Tells what the callee called. */
  called(calls: readonly SpanNode[]): void {
    this.#calls.push(...calls);
  }

  /** Tells that the call comes to its breaker only now, and what that is. */
  reached(breaker: BreakerState): void {
    this.#breaker = breaker;
  }

  /** Tells how much of a batch was known. */
  known(batch: BatchSpan): void {
    this.#batch = batch;
  }

  /** Tells what the call failed with, though something old may stand in for its answer. */
  failed(thrown: unknown): void {
    const isRpcError = thrown instanceof RpcError;
    this.#failure = {
      code: isRpcError ? thrown.code : status.UNKNOWN,
      reason: isRpcError ? thrown.reason : "",
    };
  }

  /** Adds the call, which has ended, to the tree. */
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
