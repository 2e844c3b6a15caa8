import assert from "node:assert";
import type { Caller } from "@triptych/chassis/identity/caller";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { stateOf } from "./request-state.ts";

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
  countSignIn(request: FastifyRequest<{ readonly Body: SignIn }>): Promise<void>;
  /** An account that is opened, by address. */
  countSignUp(request: FastifyRequest): Promise<void>;
}

/** The part of a sign-in's body that it is counted by. */
export interface SignIn {
  readonly login: string;
}

const WINDOW_MS = 60_000;

/** Makes the limits. `@fastify/rate-limit` must be registered with `global: false`. */
export function createRateLimits(
  server: FastifyInstance,
  configuration: RateLimitConfiguration,
): RateLimits {
  /** Creates a counter of its own, by address if nothing else is said. */
  function createCounter(max: number, keyOf = (request: FastifyRequest) => request.ip) {
    const count = server.createRateLimit({ max, timeWindow: WINDOW_MS, keyGenerator: keyOf });
    return async function take(request: FastifyRequest): Promise<void> {
      const taken = await count(request);
      if (!taken.isAllowed && taken.isExceeded) {
        throw new Problem("RATE_LIMITED", { retryAfterMs: taken.ttl });
      }
    };
  }

  const byUser = createCounter(configuration.rateLimitUserPerMinute, userIdOf);
  const byAddress = createCounter(configuration.rateLimitAddressPerMinute);
  const signIn = createCounter(configuration.rateLimitSignInPerMinute, addressAndLoginOf);
  const signInAddress = createCounter(configuration.rateLimitSignInAddressPerMinute);
  const signUpAddress = createCounter(configuration.rateLimitSignUpAddressPerMinute);

  return {
    countRequest: (request, caller) => (caller.kind === "user" ? byUser : byAddress)(request),
    countSignInAddress: signInAddress,
    countSignIn: signIn,
    countSignUp: signUpAddress,
  };
}

function userIdOf(request: FastifyRequest): string {
  const { caller } = stateOf(request);
  assert(caller.kind === "user", "an anonymous request is counted by its address");
  return caller.userId;
}

function addressAndLoginOf({ ip, body }: FastifyRequest): string {
  const { login } = body as SignIn;
  return `${ip} ${login.toLowerCase()}`;
}
