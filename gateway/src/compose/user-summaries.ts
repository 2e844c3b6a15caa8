import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { User as UserMessage } from "@triptych/protos/users/v1/user_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Clients } from "#clients/clients.ts";
import type { UserSummary } from "#schemas/users.ts";
import type { Degradation } from "./degradation.ts";
import { toSummary } from "./user-view.ts";

/** The call that decorates an answer with users. */
export const USER_DECORATION = UserService.method.batchGetUsers;

/** Summaries by id, as far as users is available. */
export interface Summaries {
  /** The users that were found. An id in neither map belongs to no user. */
  readonly known: ReadonlyMap<string, UserSummary>;
  /** The ids of users that may exist, while users is unavailable. */
  readonly unknown: ReadonlySet<string>;
}

/** Cached answers are the same messages again and again. */
const summaries = new WeakMap<UserMessage, UserSummary>();
const texts = new WeakMap<UserSummary, string>();

/** Returns a summary as JSON; `null` if there is none. */
export function summaryText(summary: UserSummary | undefined): string {
  if (summary === undefined) return "null";
  const known = texts.get(summary);
  if (known !== undefined) return known;
  const text = JSON.stringify(summary);
  texts.set(summary, text);
  return text;
}

function summaryOf(user: UserMessage): UserSummary {
  const known = summaries.get(user);
  if (known !== undefined) return known;
  const summary = toSummary(user);
  summaries.set(user, summary);
  return summary;
}

/**
 * Finds the summaries of users in one call, each id once: no page has more users than a batch
 * takes. Stale and absent summaries are noted as degraded.
 */
export async function findSummaries(
  { users }: Pick<Clients, "users">,
  ids: readonly string[],
  { context, degradation }: { readonly context: CallContext; readonly degradation: Degradation },
): Promise<Summaries> {
  const distinct = [...new Set(ids)].filter((id) => id !== "");
  if (distinct.length === 0) return { known: new Map(), unknown: new Set() };
  const { answer, unknown } = await degradation.request("users", distinct, (options) =>
    users.batchGetUsers({ ids: distinct }, context, options),
  );
  const found = answer?.users ?? [];
  return { known: new Map(found.map((user) => [user.id, summaryOf(user)])), unknown };
}
