import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { ChannelOptions } from "@grpc/grpc-js";
import { planOf } from "#contract/method-plan.ts";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import { CALLEE_FAULTS, registerCalleeFaultBalancer } from "#rpc/replicas/callee-fault-balancer.ts";

/** The first try and two more: what a rolling restart of neighbours can need. */
const ATTEMPTS_MAX = 3;
/** grpc-js waits a random part of it (full jitter), and doubles it for the next. */
const BACKOFF_FIRST = "0.02s";
const BACKOFF_MAX = "0.2s";
const BACKOFF_MULTIPLIER = 2;
/**
 * gRPC's retry throttling (proposal A6): each failure takes a token, each success gives a twentieth
 * back, and nothing is tried again below half. So a callee that is wholly dead gets 32 extra calls
 * and then none, and one that fails at times at most a twentieth more.
 */
const TOKENS_MAX = 64;
const TOKEN_RATIO = 0.05;

/**
 * A replica is judged by each such interval, if it answered this many calls in it, and at least one
 * other did.
 */
const OUTLIER_INTERVAL_S = 2;
const OUTLIER_VOLUME = 2;
const OUTLIER_HOSTS_MIN = 2;
/** One that fails more calls than answers them is passed over. In percent. */
const OUTLIER_FAILURES_PERCENT = 50;
/** For so long at first, and for as much longer each time that it is found bad again. */
const EJECTION_S = 5;
const EJECTION_S_MAX = 30;
/**
 * No other is passed over while a third is: what fails everywhere is no replica's fault, and those
 * that are left must carry the load. In percent.
 */
const EJECTED_PERCENT_MAX = 33;

registerCalleeFaultBalancer();

/** How a channel balances, retries and watches, by the failure policy. */
export interface ChannelPlan {
  readonly channelOptions: ChannelOptions;
  /** Whether replicas are pinged all the time, to pass over one that hangs. */
  readonly watchesReplicas: boolean;
}

const ROUND_ROBIN = { round_robin: {} };
/** Load balancing in turns, but for replicas that fail where others do not: for a while. */
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

/** Works out what a channel to a service does, once. */
export function channelPlanOf(
  service: DescService,
  failurePolicy: FailurePolicySwitch,
): ChannelPlan {
  if (failurePolicy === "off") {
    const config = JSON.stringify({ loadBalancingConfig: [ROUND_ROBIN] });
    const channelOptions = { "grpc.service_config": config, "grpc.enable_retries": 0 };
    return { channelOptions, watchesReplicas: false };
  }
  const retried = service.methods.filter(
    (method) => planOf(method, failurePolicy).secondTry === "channel",
  );
  return {
    channelOptions: {
      "grpc.service_config": serviceConfig(service, retried),
      "grpc.enable_retries": 1,
    },
    watchesReplicas: true,
  };
}

/**
 * Writes which methods are retried as grpc-js reads it, in JSON, and how the replicas of a callee
 * share its calls. A part that grpc-js does not understand makes it ignore the whole without a
 * word, so what this says is shown by tests.
 */
function serviceConfig(service: DescService, retried: readonly DescMethod[]): string {
  return JSON.stringify({
    loadBalancingConfig: [{ [CALLEE_FAULTS]: { child_policy: [OUTLIER_DETECTION] } }],
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
