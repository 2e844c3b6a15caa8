import assert from "node:assert";
import type { Authenticate } from "@triptych/chassis/identity/authenticate";
import type { Caller, UserCaller } from "@triptych/chassis/identity/caller";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { cancelled, keepDeadline } from "@triptych/chassis/rpc/deadline";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";

/** How long an ordinary request may take, in milliseconds: longer than any policy's timeout of what it calls. */
const BUDGET_MS_DEFAULT = 15_000;
/** How long bytes may take to go up or down, in milliseconds: as long as the policy of the two methods. */
export const TRANSFER_BUDGET_MS = 120_000;

/** Who is behind a request, and what its calls carry. */
export interface Calls {
  /** Finds out who is asking. Throws if the token is bad; without one the caller is anonymous. */
  identify(request: FastifyRequest): Promise<Caller>;
  /** A hook that refuses whoever is not signed in. */
  readonly requireUser: (request: FastifyRequest) => Promise<void>;
  /** Begins the calls of a request: their deadline, and a signal that fires when the client hangs up. */
  open(request: FastifyRequest, reply: FastifyReply, budgetMs?: number): CallContext;
}

/** Makes what routes need to call others on behalf of a request. */
export function createCalls(authenticate: Authenticate): Calls {
  const callers = new WeakMap<FastifyRequest, Caller>();

  function callerOf(request: FastifyRequest): Caller {
    const caller = callers.get(request);
    assert(caller, "a request is identified before its route is entered");
    return caller;
  }

  return {
    async identify(request) {
      const caller = await authenticate(request.headers.authorization);
      callers.set(request, caller);
      return caller;
    },

    async requireUser(request) {
      if (callerOf(request).kind !== "user") throw new Problem("UNAUTHENTICATED");
    },

    open(request, reply, budgetMs = BUDGET_MS_DEFAULT) {
      const hangUp = new AbortController();
      const kept = keepDeadline(Date.now() + budgetMs, hangUp.signal);
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) hangUp.abort(cancelled());
        kept[Symbol.dispose]();
      });
      const { deadline, signal } = kept;
      return { requestId: request.id, caller: callerOf(request), deadline, signal };
    },
  };
}

/** The signed-in caller of a route that requires one. */
export function userOf({ caller }: CallContext): UserCaller {
  assert(caller.kind === "user", "the route requires a user");
  return caller;
}
