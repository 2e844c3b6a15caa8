import type { Caller } from "@triptych/chassis/identity/caller";
import type { Viewer } from "./image.ts";

/** Gives the id of who is looking, or undefined for an anonymous caller. */
export function viewerOf(caller: Caller): Viewer {
  return caller.kind === "user" ? caller.userId : undefined;
}
