import type { DescMethod } from "@bufbuild/protobuf";
import { type MethodPolicy, policyOf } from "@triptych/chassis/contract/method-policy";
import type { RouteOptions } from "fastify";

/** A step of a route: one call, or several at the same time. */
export type Step = DescMethod | readonly DescMethod[];

/** The calls of a route, as they stand in its `config`. */
export interface RouteCalls {
  /** The policy of the route's main method. Its criticality is the route's. */
  readonly policy: MethodPolicy;
  /**
   * The deadline of a request whose body was read: the sum of its steps' timeouts, or of a stream's
   * lifetime.
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

/** Declares the calls of a route: its main method, and the other steps, in any order. */
export function waitsFor(main: DescMethod, ...others: readonly Step[]): { calls: RouteCalls } {
  const budgetMs = [main, ...others].reduce((sum, step) => sum + timeoutMs(step), 0);
  return { calls: { policy: policyOf(main), budgetMs } };
}

/** A hook that names a route when it is made, as admission and its metrics call it. */
export function nameRoute(route: RouteOptions): void {
  route.config = { ...route.config, routeName: `${route.method} ${route.url}` };
}

function timeoutMs(step: Step): number {
  return Math.max(
    ...[step].flat().map((method) => {
      const { stream, timeoutMs } = policyOf(method);
      return stream?.lifetimeMs ?? timeoutMs;
    }),
  );
}
