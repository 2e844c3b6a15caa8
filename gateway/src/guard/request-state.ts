import assert from "node:assert";
import type { Caller } from "@triptych/chassis/identity/caller";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Trace } from "@triptych/chassis/rpc/trace/trace";
import type { FastifyRequest } from "fastify";

/** What the hooks of a request under `/v1` learn about it, for later hooks and for its route. */
export interface RequestState {
  readonly caller: Caller;
  /** Collects the request's calls; undefined unless an operator asked to see them. */
  readonly trace: Trace | undefined;
  /** What the request's calls carry; undefined until the request is admitted. */
  context?: CallContext;
}

/**
 * The states, by request. A map and not a decoration of fastify's request: a decoration would be
 * declared for every request, also for those that no hook has identified.
 */
const states = new WeakMap<FastifyRequest, RequestState>();

/** Stores the state of a request that was identified. */
export function setState(request: FastifyRequest, state: RequestState): void {
  states.set(request, state);
}

/** Finds the state of a request; undefined if it was refused before it was identified. */
export function findState(request: FastifyRequest): RequestState | undefined {
  return states.get(request);
}

/** Returns the state of a request that was identified. */
export function stateOf(request: FastifyRequest): RequestState {
  const state = states.get(request);
  assert(state, "a request is identified before its route is entered");
  return state;
}
