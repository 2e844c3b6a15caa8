import { ANONYMOUS } from "@triptych/chassis/identity/caller";
import type { FastifyReply, FastifyRequest } from "fastify";
import { accepts } from "#http/acceptable.ts";
import { findQueryViolations } from "#http/query-parser.ts";
import { invalidFields, Problem } from "#problems/problem.ts";
import type { FrontDoor } from "./admission-hook.ts";
import type { Calls } from "./calls.ts";
import type { RateLimits } from "./rate-limits.ts";

const ANSWERS = ["application/json", "application/problem+json"];

/** The hooks that stand before every route of the API. */
export interface RequestGuard {
  /**
   * Refuses what there is no room for, finds out who asks, counts the request, and refuses a
   * malformed query.
   */
  readonly identify: (request: FastifyRequest) => Promise<void>;
  /** Takes the request on, once it is read and known to be good. */
  readonly enter: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Refuses who does not take JSON, and keeps what is one user's out of shared caches. */
  readonly answersJson: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** Makes the hooks. */
export function createRequestGuard(
  calls: Calls,
  limits: RateLimits,
  door: FrontDoor,
): RequestGuard {
  return {
    async identify(request) {
      door.check(request);
      const caller = await calls.identify(request).catch(async (thrown: unknown) => {
        // Verifying costs 300 µs: whoever tries tokens out is counted as the stranger that they
        // are.
        await limits.countRequest(request, ANONYMOUS);
        throw thrown;
      });
      await limits.countRequest(request, caller);

      const known = querySchemaOf(request);
      const violations = findQueryViolations(request.query, (name) => Object.hasOwn(known, name));
      if (violations.length > 0) throw invalidFields(violations);
    },

    async enter(request, reply) {
      door.enter(request, reply, calls.callerOf(request));
    },

    async answersJson({ headers, method }, reply) {
      if (!accepts(headers.accept, ANSWERS)) throw new Problem("NOT_ACCEPTABLE");
      const isRead = method === "GET" || method === "HEAD";
      reply.header("cache-control", isRead ? "private, no-cache" : "no-store");
    },
  };
}

function querySchemaOf({ routeOptions }: FastifyRequest): object {
  const schema = routeOptions.schema?.querystring as { readonly properties?: object } | undefined;
  return schema?.properties ?? {};
}
