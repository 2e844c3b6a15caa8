import { Failure } from "#contract/failure.ts";
import type { Caller, UserCaller } from "./caller.ts";

/**
 * Returns the signed-in user.
 *
 * @throws Failure UNAUTHENTICATED if the caller is anonymous.
 */
export function requireUser(caller: Caller): UserCaller {
  if (caller.kind !== "user") throw new Failure("UNAUTHENTICATED", "Sign in first.");
  return caller;
}
