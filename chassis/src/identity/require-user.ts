import { Failure } from "#contract/failure.ts";
import type { Caller, UserCaller } from "#identity/caller.ts";

/**
 * Gives the user who is calling.
 *
 * @throws Failure UNAUTHENTICATED if nobody is signed in.
 */
export function requireUser(caller: Caller): UserCaller {
  if (caller.kind !== "user") throw new Failure("UNAUTHENTICATED", "Sign in first.");
  return caller;
}
