import type { Sources } from "#compose/sources.ts";
import type { Calls } from "#guard/calls.ts";

/** What the routes of comments need. */
export type CommentRouteDependencies = Pick<Sources, "users" | "comments"> & {
  readonly calls: Calls;
};
