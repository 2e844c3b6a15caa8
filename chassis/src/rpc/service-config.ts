import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { policyOf } from "./method-policy.ts";

/** The first try and two more: what a rolling restart of neighbours can need. */
const ATTEMPTS_MAX = 3;
/** grpc-js waits a random part of it (full jitter), and doubles it for the next. */
const BACKOFF_FIRST = "0.02s";
const BACKOFF_MAX = "0.2s";
const BACKOFF_MULTIPLIER = 2;
/**
 * gRPC's retry throttling (proposal A6): each failure takes a token, each success gives a twentieth back, and nothing is tried again below half.
 * So a callee that is wholly dead gets 32 extra calls and then none, and one that fails at times at most a twentieth more.
 */
const TOKENS_MAX = 64;
const TOKEN_RATIO = 0.05;

/** Whether grpc-js tries a method again: one that may be called twice, unless its second try is a hedge, since one layer tries again and never two. */
function isRetried(method: DescMethod): boolean {
  const { idempotent, hedgeAfterMs } = policyOf(method);
  return method.methodKind !== "client_streaming" && idempotent && hedgeAfterMs === 0;
}

/**
 * Writes the policy of a service's methods as grpc-js reads it, in JSON. The replicas of a callee take turns. A part that grpc-js does not
 * understand makes it ignore the whole without a word, so what this says is shown by tests.
 */
export function serviceConfigOf(service: DescService): string {
  const retried = service.methods.filter(isRetried);
  return JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
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
