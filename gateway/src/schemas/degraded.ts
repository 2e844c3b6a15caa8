import { type Static, Type } from "typebox";
import { moment } from "./moment.ts";
import { words } from "./words.ts";

/**
 * One source of an answer that could not be asked: once for what is old of it, and once for what is
 * not known at all.
 */
export const Degraded = Type.Object({
  source: words(["users", "images", "comments"], { description: "Who could not be asked." }),
  effect: words(["absent", "stale"], {
    description: "`absent`: its fields are null. `stale`: they are old.",
  }),
  asOf: Type.Optional(moment("When the oldest of what is stale was asked for.")),
});
export type Degraded = Static<typeof Degraded>;

/** The member of a partial answer that says so. */
export const DEGRADED = {
  degraded: Type.Optional(
    Type.Array(Degraded, {
      description: "What this answer lacks. A whole answer has no such member.",
    }),
  ),
} as const;
