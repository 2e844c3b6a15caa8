import assert from "node:assert";
import { type Admission, type Permit, shedRankOf } from "@triptych/chassis/admission/admission";
import type { FastifyRequest } from "fastify";

/**
 * Admission control, or load shedding, of requests: as a service does with its calls. A route that
 * calls nobody is always admitted.
 */
export interface AdmissionHook {
  /** Refuses what would not be admitted now, before a token is verified or a body is read. */
  check(request: FastifyRequest): void;
  /**
   * Admits a request whose body was read: a body that comes slowly holds no permit. Checks again,
   * since other requests were admitted meanwhile.
   *
   * @returns undefined for a request that does not count against the limit.
   */
  admit(request: FastifyRequest): Permit | undefined;
}

/** Creates the hook. Without admission it refuses nothing. */
export function createAdmissionHook(admission: Admission | undefined): AdmissionHook {
  return {
    check(request) {
      const route = routeOf(request);
      if (route !== undefined) admission?.check(route.name, route.rank, route.budgetMs);
    },
    admit(request) {
      const route = routeOf(request);
      if (route === undefined) return undefined;
      const permit = admission?.admit(route.name, route.rank, route.budgetMs);
      if (route.isLimited) return permit;
      permit?.release("ignored");
      return undefined;
    },
  };
}

function routeOf({ raw: { headers }, state }: FastifyRequest) {
  const { calls, routeName } = state.config;
  if (calls === undefined) return undefined;
  assert(routeName, "a route of the API is named when it is made");
  const { criticality, isLimited } = calls.policy;
  const rank = shedRankOf(criticality, headers.authorization === undefined);
  return { name: routeName, rank, isLimited, budgetMs: calls.budgetMs };
}
