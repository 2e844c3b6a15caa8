import assert from "node:assert";
import type { Caller } from "@triptych/chassis/identity/caller";
import { fold, trimBlanks } from "@triptych/chassis/validation/text-form";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { addressOf } from "./client-key.ts";
import { stateOf } from "./request-state.ts";

/** The limits, in requests a minute. */
export interface RateLimitConfiguration {
  readonly rateLimitUserPerMinute: number;
  readonly rateLimitAddressPerMinute: number;
  readonly rateLimitSignInPerMinute: number;
  readonly rateLimitSignInAddressPerMinute: number;
  readonly rateLimitSignUpAddressPerMinute: number;
}

/** Rate limits. Throws RATE_LIMITED beyond one. Counted in this process's memory. */
export interface RateLimits {
  /** Counts any request: by user, or by address if it is anonymous. */
  countRequest(request: FastifyRequest, caller: Caller): Promise<void>;
  /** Counts a sign-in by address, before its body is read. */
  countSignInAddress(request: FastifyRequest): Promise<void>;
  /** Counts a sign-in by address and login, before its password is hashed. */
  countSignIn(request: FastifyRequest<{ readonly Body: SignIn }>): Promise<void>;
  /** Counts a new account by address. */
  countSignUp(request: FastifyRequest): Promise<void>;
}

/** The member of a sign-in's body that it is counted by. */
export interface SignIn {
  readonly login: string;
}

const WINDOW_MS = 60_000;

/** Creates the limits. `@fastify/rate-limit` must be registered with `global: false`. */
export function createRateLimits(
  server: FastifyInstance,
  configuration: RateLimitConfiguration,
): RateLimits {
  /** Creates a counter. Its key is the address if no other is given. */
  function createCounter(max: number, keyOf = addressOf) {
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

function addressAndLoginOf(request: FastifyRequest): string {
  const { login } = request.body as SignIn;
  return `${addressOf(request)} ${fold(trimBlanks(login))}`;
}
