import type { DescMethod } from "@bufbuild/protobuf";
import { type MethodPolicy, policyOf } from "@triptych/chassis/contract/method-policy";
import type { RouteOptions } from "fastify";

/** What a route waits for: a call, or several at the same time. */
export type Step = DescMethod | readonly DescMethod[];

/** What a route is for: the method that it serves, and how long it may take. Its `config`. */
export interface RouteCalls {
  /** The policy of the method that the route is there for: its criticality is the route's. */
  readonly policy: MethodPolicy;
  /**
   * How long a request may take once its body is read, in milliseconds: as long as its calls, one
   * after the other.
   */
  readonly budgetMs: number;
}

declare module "fastify" {
  interface FastifyContextConfig {
    readonly calls?: RouteCalls;
    /** The route's method and pattern: `GET /v1/images/:id`. Set by {@link nameRoute}. */
    readonly routeName?: string;
  }
}

/**
 * Declares what a route waits for: the method that it is there for, and whatever else it may ask
 * besides, in any order.
 */
export function waitsFor(main: DescMethod, ...others: readonly Step[]): { calls: RouteCalls } {
  const budgetMs = [main, ...others].reduce((sum, step) => sum + timeoutMs(step), 0);
  return { calls: { policy: policyOf(main), budgetMs } };
}

/** A hook that names a route when it is made, as admission and its metrics call it. */
export function nameRoute(route: RouteOptions): void {
  route.config = { ...route.config, routeName: `${route.method} ${route.url}` };
}

function timeoutMs(step: Step): number {
  return Math.max(...[step].flat().map((method) => policyOf(method).timeoutMs));
}
