import assert from "node:assert";
import { cancelled } from "@triptych/chassis/contract/cancellation";
import type { FailurePolicySwitch } from "@triptych/chassis/contract/method-policy";
import type { Authenticate } from "@triptych/chassis/identity/authenticate";
import type { Caller, UserCaller } from "@triptych/chassis/identity/caller";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { keepDeadline } from "@triptych/chassis/rpc/deadline";
import { Trace } from "@triptych/chassis/rpc/trace/trace";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { asksExplanation } from "./explain.ts";

/**
 * The budget of every request where the policy is not obeyed, in milliseconds: until the server
 * ends the connection.
 */
const NO_BUDGET_MS = 130_000;

/** Who is behind a request, and what its calls carry. */
export interface Calls {
  /** Finds out who is asking. Throws if the token is bad; without one the caller is anonymous. */
  identify(request: FastifyRequest): Promise<Caller>;
  /** Who is behind a request that was identified. */
  callerOf(request: FastifyRequest): Caller;
  /** The calls that were made for a request; undefined unless an operator asked to see them. */
  traceOf(request: FastifyRequest): Trace | undefined;
  /** A hook that refuses whoever is not signed in. */
  readonly requireUser: (request: FastifyRequest) => Promise<void>;
  /**
   * Begins the calls of a request: their deadline by the route's budget, how much the route matters,
   * and a signal that fires when the client hangs up.
   */
  open(request: FastifyRequest, reply: FastifyReply): CallContext;
}

/** Makes what routes need to call others on behalf of a request. */
export function createCalls(authenticate: Authenticate, failurePolicy: FailurePolicySwitch): Calls {
  const callers = new WeakMap<FastifyRequest, Caller>();
  const callTrees = new WeakMap<FastifyRequest, Trace>();

  function callerOf(request: FastifyRequest): Caller {
    const caller = callers.get(request);
    assert(caller, "a request is identified before its route is entered");
    return caller;
  }

  return {
    async identify(request) {
      const caller = await authenticate(request.headers.authorization);
      callers.set(request, caller);
      if (asksExplanation(request, caller)) callTrees.set(request, new Trace());
      return caller;
    },

    callerOf,

    traceOf: (request) => callTrees.get(request),

    async requireUser(request) {
      if (callerOf(request).kind !== "user") throw new Problem("UNAUTHENTICATED");
    },

    open(request, reply) {
      const { calls } = request.routeOptions.config;
      assert(calls, "a route that calls others declares what it waits for");
      const budgetMs = failurePolicy === "on" ? calls.budgetMs : NO_BUDGET_MS;
      const hangUp = new AbortController();
      const kept = keepDeadline(Date.now() + budgetMs, hangUp.signal);
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) hangUp.abort(cancelled());
        kept[Symbol.dispose]();
      });
      const { deadline, signal } = kept;
      return {
        requestId: request.id,
        caller: callerOf(request),
        criticality: calls.policy.criticality,
        deadline,
        signal,
        trace: callTrees.get(request),
      };
    },
  };
}

/** The signed-in caller of a route that requires one. */
export function userOf({ caller }: CallContext): UserCaller {
  assert(caller.kind === "user", "the route requires a user");
  return caller;
}
