import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { ChannelOptions } from "@grpc/grpc-js";
import { planOf } from "#contract/method-plan.ts";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import {
  CALLEE_FAULT_BALANCER,
  registerCalleeFaultBalancer,
} from "#rpc/replicas/callee-fault-balancer.ts";

/** The first try and two retries: a rolling restart of a callee may need both. */
const ATTEMPTS_MAX = 3;
/** Exponential backoff with full jitter: grpc-js waits a random part of it, and doubles it. */
const BACKOFF_FIRST = "0.02s";
const BACKOFF_MAX = "0.2s";
const BACKOFF_MULTIPLIER = 2;
/**
 * The retry budget, gRPC's retry throttling (proposal A6): a failure costs a token, a success earns
 * a twentieth, and there is no retry below half of the tokens. So a dead callee gets 32 extra calls
 * and then none, and a callee that fails sometimes gets at most a twentieth more.
 */
const TOKENS_MAX = 64;
const TOKEN_RATIO = 0.05;

/**
 * Outlier detection judges a replica once an interval, if it and at least one other replica ended
 * this many calls in it.
 */
const OUTLIER_INTERVAL_S = 2;
const OUTLIER_VOLUME = 2;
const OUTLIER_HOSTS_MIN = 2;
/** A replica that failed more calls than this is ejected. */
const OUTLIER_FAILURES_PERCENT = 50;
/** How long a replica is ejected; longer by this each time that it fails again. */
const EJECTION_S = 5;
const EJECTION_S_MAX = 30;
/**
 * How many replicas may be ejected. What fails everywhere is no failure of a replica, and the
 * others must carry the load.
 */
const EJECTED_PERCENT_MAX = 33;

registerCalleeFaultBalancer();

/** How a channel balances, retries and pings, by the failure policy. */
export interface ChannelPlan {
  readonly channelOptions: ChannelOptions;
  /** Whether replicas are pinged, so that calls avoid one that hangs. */
  readonly watchesReplicas: boolean;
}

const ROUND_ROBIN = { round_robin: {} };
/** Round-robin load balancing that ejects replicas which fail where others do not. */
const OUTLIER_DETECTION = {
  outlier_detection: {
    interval: { seconds: OUTLIER_INTERVAL_S, nanos: 0 },
    base_ejection_time: { seconds: EJECTION_S, nanos: 0 },
    max_ejection_time: { seconds: EJECTION_S_MAX, nanos: 0 },
    max_ejection_percent: EJECTED_PERCENT_MAX,
    failure_percentage_ejection: {
      threshold: OUTLIER_FAILURES_PERCENT,
      enforcement_percentage: 100,
      minimum_hosts: OUTLIER_HOSTS_MIN,
      request_volume: OUTLIER_VOLUME,
    },
    child_policy: [ROUND_ROBIN],
  },
};

/** Creates the plan of a channel to a service. */
export function channelPlanOf(
  service: DescService,
  failurePolicy: FailurePolicySwitch,
): ChannelPlan {
  const plans = service.methods.map((method) => planOf(method, failurePolicy));
  if (!plans.some(({ isDefended }) => isDefended)) {
    const config = JSON.stringify({ loadBalancingConfig: [ROUND_ROBIN] });
    const channelOptions = { "grpc.service_config": config, "grpc.enable_retries": 0 };
    return { channelOptions, watchesReplicas: false };
  }
  const retried = plans.filter((plan) => plan.secondTry === "channel").map(({ method }) => method);
  return {
    channelOptions: {
      "grpc.service_config": serviceConfig(service, retried),
      "grpc.enable_retries": 1,
    },
    watchesReplicas: true,
  };
}

/**
 * Writes the service config of gRPC: load balancing, and which methods are retried. If grpc-js does
 * not understand a part, it silently ignores the whole, so tests check its effect.
 */
function serviceConfig(service: DescService, retried: readonly DescMethod[]): string {
  return JSON.stringify({
    loadBalancingConfig: [{ [CALLEE_FAULT_BALANCER]: { child_policy: [OUTLIER_DETECTION] } }],
    ...(retried.length > 0 && {
      methodConfig: [
        {
          name: retried.map(({ name }) => ({ service: service.typeName, method: name })),
          retryPolicy: {
            maxAttempts: ATTEMPTS_MAX,
            initialBackoff: BACKOFF_FIRST,
            maxBackoff: BACKOFF_MAX,
            backoffMultiplier: BACKOFF_MULTIPLIER,
            retryableStatusCodes: ["UNAVAILABLE"],
          },
        },
      ],
      retryThrottling: { maxTokens: TOKENS_MAX, tokenRatio: TOKEN_RATIO },
    }),
  });
}
