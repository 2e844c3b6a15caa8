import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Clients } from "#clients/clients.ts";
import type { UserSummary } from "#schemas/users.ts";
import type { Degradation } from "./degradation.ts";
import { toSummary } from "./user-view.ts";

/** What an answer that names users asks besides. */
export const USER_DECORATION = UserService.method.batchGetUsers;

/** Summaries by id, as far as users could be asked. */
export interface Summaries {
  /** Gives a summary. Undefined: there is no such user any more, unless it is unknown. */
  readonly known: ReadonlyMap<string, UserSummary>;
  /** Who there may be, but users could not be asked. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Asks who these users are, each once, in one call: no page has more of them than a batch takes.
 * What is old or not known is noted as degraded.
 */
export async function findSummaries(
  { users }: Pick<Clients, "users">,
  ids: readonly string[],
  { context, degradation }: { readonly context: CallContext; readonly degradation: Degradation },
): Promise<Summaries> {
  const distinct = [...new Set(ids)].filter((id) => id !== "");
  if (distinct.length === 0) return { known: new Map(), unknown: new Set() };
  const { answer, unknown } = await degradation.ask("users", distinct, (options) =>
    users.batchGetUsers({ ids: distinct }, context, options),
  );
  const found = answer?.users ?? [];
  return { known: new Map(found.map((user) => [user.id, toSummary(user)])), unknown };
}
