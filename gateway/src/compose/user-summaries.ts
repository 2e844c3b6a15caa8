import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { UserSummary } from "#schemas/users.ts";
import type { Degradation } from "./degradation.ts";
import type { Sources } from "./sources.ts";
import { toSummary } from "./user-view.ts";

/** Finds summaries by id. Undefined: there is no such user any more. */
export type Summaries = ReadonlyMap<string, UserSummary>;

/**
 * Asks who these users are, each once, in one call: no page has more of them than a batch takes.
 *
 * @returns undefined, noted as degraded, if users cannot be asked.
 */
export async function findSummaries(
  { users }: Pick<Sources, "users">,
  ids: readonly string[],
  { context, degradation }: { readonly context: CallContext; readonly degradation: Degradation },
): Promise<Summaries | undefined> {
  const distinct = [...new Set(ids)].filter((id) => id !== "");
  if (distinct.length === 0) return new Map();
  const answer = await degradation.orAbsent(
    "users",
    users.batchGetUsers({ ids: distinct }, context),
  );
  return answer && new Map(answer.users.map((user) => [user.id, toSummary(user)]));
}
