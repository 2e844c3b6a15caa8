import { type Static, Type } from "typebox";
import { moment } from "./moment.ts";
import { words } from "./words.ts";

/** A source that was unavailable: one entry for its stale part, and one for its absent part. */
export const Degraded = Type.Object({
  source: words(["users", "images", "comments"], {
    description: "The service that was unavailable.",
  }),
  effect: words(["absent", "stale"], {
    description: "`absent`: its fields are null. `stale`: they are old.",
  }),
  asOf: Type.Optional(moment("When the oldest stale part was read.")),
});
export type Degraded = Static<typeof Degraded>;

/** The member that names what a partial answer lacks. */
export const DEGRADED = {
  degraded: Type.Optional(
    Type.Array(Degraded, {
      description: "What this answer lacks. A complete answer has no such member.",
    }),
  ),
} as const;
