import assert from "node:assert";
import type { Caller } from "@triptych/chassis/identity/caller";
import { fold, trimBlanks } from "@triptych/chassis/validation/text-form";
import type { FastifyRequest } from "fastify";
import { Problem } from "#problems/problem.ts";
import { addressOf } from "./client-key.ts";
import { WindowCounter } from "./window-counter.ts";

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
  countRequest(request: FastifyRequest, caller: Caller): void;
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
/** Of each limit. A window takes about 150 bytes: 3 MB at most. */
const KEYS_MAX = 20_000;

/** Creates the limits. */
export function createRateLimits(configuration: RateLimitConfiguration): RateLimits {
  /** Creates a counter. Its key is the address if no other is given. */
  function createCounter(max: number, keyOf = addressOf) {
    const counter = new WindowCounter({ max, windowMs: WINDOW_MS, keysMax: KEYS_MAX });
    return function take(request: FastifyRequest): void {
      const retryAfterMs = counter.take(keyOf(request));
      if (retryAfterMs > 0) throw new Problem("RATE_LIMITED", { retryAfterMs });
    };
  }

  const byUser = createCounter(configuration.rateLimitUserPerMinute, userIdOf);
  const byAddress = createCounter(configuration.rateLimitAddressPerMinute);
  const signIn = createCounter(configuration.rateLimitSignInPerMinute, addressAndLoginOf);
  const signInAddress = createCounter(configuration.rateLimitSignInAddressPerMinute);
  const signUpAddress = createCounter(configuration.rateLimitSignUpAddressPerMinute);

  return {
    countRequest: (request, caller) => (caller.kind === "user" ? byUser : byAddress)(request),
    countSignInAddress: async (request) => signInAddress(request),
    countSignIn: async (request) => signIn(request),
    countSignUp: async (request) => signUpAddress(request),
  };
}

function userIdOf(request: FastifyRequest): string {
  const { caller } = request.state;
  assert(caller.kind === "user", "an anonymous request is counted by its address");
  return caller.userId;
}

function addressAndLoginOf(request: FastifyRequest): string {
  const { login } = request.body as SignIn;
  return `${addressOf(request)} ${fold(trimBlanks(login))}`;
}
