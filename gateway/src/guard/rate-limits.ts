import type { Caller } from "@triptych/chassis/identity/caller";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";

/** How many requests are taken in a minute, from whom. */
export interface RateLimitConfiguration {
  readonly rateLimitUserPerMinute: number;
  readonly rateLimitAddressPerMinute: number;
  readonly rateLimitSignInPerMinute: number;
  readonly rateLimitSignInAddressPerMinute: number;
  readonly rateLimitSignUpAddressPerMinute: number;
}

/** Throws RATE_LIMITED when somebody asks too often. Counts in this process's memory. */
export interface RateLimits {
  /** Any request: by user, or by address if anonymous. */
  countRequest(request: FastifyRequest, caller: Caller): Promise<void>;
  /** A sign-in, by address, before its body is read. */
  countSignInAddress(request: FastifyRequest): Promise<void>;
  /** A sign-in, by address and login, before its password is hashed. */
  countSignIn(request: FastifyRequest, login: string): Promise<void>;
  /** An account that is opened, by address. */
  countSignUp(request: FastifyRequest): Promise<void>;
}

const WINDOW_MS = 60_000;

/** Makes the limits. `@fastify/rate-limit` must be registered with `global: false`. */
export function createRateLimits(
  server: FastifyInstance,
  configuration: RateLimitConfiguration,
): RateLimits {
  /**
   * A counter of its own. What it counts by is put beside the request, since the counter is given
   * nothing else.
   */
  function createCounter(max: number) {
    const keys = new WeakMap<FastifyRequest, string>();
    const count = server.createRateLimit({
      max,
      timeWindow: WINDOW_MS,
      keyGenerator: (request) => keys.get(request) ?? request.ip,
    });
    return async function take(request: FastifyRequest, key: string): Promise<void> {
      keys.set(request, key);
      const taken = await count(request);
      if (!taken.isAllowed && taken.isExceeded) {
        throw new Problem("RATE_LIMITED", { retryAfterMs: taken.ttl });
      }
    };
  }

  const byUser = createCounter(configuration.rateLimitUserPerMinute);
  const byAddress = createCounter(configuration.rateLimitAddressPerMinute);
  const signIn = createCounter(configuration.rateLimitSignInPerMinute);
  const signInAddress = createCounter(configuration.rateLimitSignInAddressPerMinute);
  const signUpAddress = createCounter(configuration.rateLimitSignUpAddressPerMinute);

  return {
    countRequest: (request, caller) =>
      caller.kind === "user" ? byUser(request, caller.userId) : byAddress(request, request.ip),
    countSignInAddress: (request) => signInAddress(request, request.ip),
    countSignIn: (request, login) => signIn(request, `${request.ip} ${login.toLowerCase()}`),
    countSignUp: (request) => signUpAddress(request, request.ip),
  };
}
