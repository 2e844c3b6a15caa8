import type { Caller, UserCaller } from "@triptych/chassis/identity/caller";
import { unauthenticated } from "./reasons.ts";

/**
 * Gives the user who is calling.
 *
 * @throws Failure UNAUTHENTICATED if nobody is signed in.
 */
export function requireUser(caller: Caller): UserCaller {
  if (caller.kind !== "user") throw unauthenticated();
  return caller;
}
