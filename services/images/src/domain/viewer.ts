import type { Caller } from "@triptych/chassis/identity/caller";
import type { Viewer } from "./image.ts";

/** Returns the id of the user who calls; undefined for an anonymous caller. */
export function viewerOf(caller: Caller): Viewer {
  return caller.kind === "user" ? caller.userId : undefined;
}
