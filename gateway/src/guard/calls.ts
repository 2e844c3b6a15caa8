import assert from "node:assert";
import type { FailurePolicySwitch } from "@triptych/chassis/contract/method-policy";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { CallTime } from "@triptych/chassis/rpc/call-time";
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import { Problem } from "#problems/problem.ts";

/**
 * The budget of every request where the failure policy is off: the server ends the connection then.
 */
const NO_BUDGET_MS = 3_600_000;

/** The calls that are made for one request. */
export interface OpenCalls {
  /** Ends them. A client that left before the answer was whole cancels those under way. */
  close(isAnswered: boolean): void;
}

/**
 * Opens the calls of a request: sets their deadline by the route's budget, their criticality by the
 * route's, and a signal that fires when they are closed too early. {@link contextOf} returns it
 * all.
 */
export function openCalls(request: FastifyRequest, failurePolicy: FailurePolicySwitch): OpenCalls {
  const { state } = request;
  const { calls } = state.config;
  assert(calls, "a route that calls others declares what it waits for");
  const budgetMs = failurePolicy === "on" ? calls.budgetMs : NO_BUDGET_MS;
  const time = new CallTime(Date.now() + budgetMs);
  state.context = {
    requestId: request.id,
    caller: state.caller,
    criticality: calls.policy.criticality,
    deadline: time.deadline,
    signal: time.signal,
    trace: state.trace,
  };
  return {
    close(isAnswered) {
      if (!isAnswered) time.cancel();
      time[Symbol.dispose]();
    },
  };
}

/** Returns what the calls of a request carry. For its route, which is entered after admission. */
export function contextOf(request: FastifyRequest): CallContext {
  const { context } = request.state;
  assert(context, "a request is admitted before its route is entered");
  return context;
}

/** A hook that refuses an anonymous caller. */
export function requireUser(
  { state }: Pick<FastifyRequest, "state">,
  _reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  if (state.caller.kind !== "user") throw new Problem("UNAUTHENTICATED");
  done();
}

/** Returns the signed-in caller of a route that requires one. */
export function userOf({ caller }: CallContext): UserCaller {
  assert(caller.kind === "user", "the route requires a user");
  return caller;
}
