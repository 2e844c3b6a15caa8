import type { Caller } from "@triptych/chassis/identity/caller";
import type { Viewer } from "./image.ts";
import { unauthenticated } from "./reasons.ts";

/** Gives the id of the user who is asking. Throws UNAUTHENTICATED if nobody is signed in. */
export function requireUser(caller: Caller): string {
  if (caller.kind === "anonymous") throw unauthenticated();
  return caller.userId;
}

/** Gives the id of who is looking, or undefined for an anonymous caller. */
export function viewerOf(caller: Caller): Viewer {
  return caller.kind === "user" ? caller.userId : undefined;
}
