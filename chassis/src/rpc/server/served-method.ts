import type { DescMethod } from "@bufbuild/protobuf";
import type { status } from "@grpc/grpc-js";
import { type Admission, createAdmission } from "#admission/admission.ts";
import { type MethodPlan, planOf } from "#contract/method-plan.ts";
import { statusName } from "#contract/rpc-error.ts";
import { type AnyHandler, handlerOf, type Implementation } from "./handlers.ts";
import type { RouterOptions } from "./router-options.ts";

/** A method that a router serves: all that its calls need of it, found when the router is made. */
export interface ServedMethod {
  readonly plan: MethodPlan;
  readonly handler: AnyHandler;
  readonly implementation: Implementation;
  readonly options: RouterOptions;
  /** Undefined if the failure policy is off. */
  readonly admission: Admission | undefined;
  /** Records the duration of a call. */
  readonly observe: (code: status, seconds: number) => void;
}

/** Finds the plan and the handler of each method. Throws if a method has no handler. */
export function createServedMethods(
  implementations: readonly Implementation[],
  options: RouterOptions,
): ReadonlyMap<DescMethod, ServedMethod> {
  const { failurePolicy, metrics } = options;
  const admission = createAdmission(metrics, failurePolicy);
  const served = new Map<DescMethod, ServedMethod>();
  for (const implementation of implementations) {
    for (const method of implementation.service.methods) {
      const plan = planOf(method, failurePolicy);
      const handler = handlerOf(implementation, method);
      const observe = createObserve(plan.name, options);
      served.set(method, { plan, handler, implementation, options, admission, observe });
    }
  }
  return served;
}

/** Keeps the histogram's child of each code: the histogram hashes the labels to find it. */
function createObserve(method: string, { metrics }: RouterOptions): ServedMethod["observe"] {
  const durations = new Map<status, { observe(seconds: number): void }>();
  return (code, seconds) => {
    let duration = durations.get(code);
    if (duration === undefined) {
      duration = metrics.rpcServer.labels({ method, code: statusName(code) });
      durations.set(code, duration);
    }
    duration.observe(seconds);
  };
}
