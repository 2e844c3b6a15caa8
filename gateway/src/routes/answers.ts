import { Type } from "typebox";
import { PROBLEM_KINDS } from "#problems/codes.ts";
import { ProblemBodyReference } from "#schemas/problem.ts";

const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** What every route may answer, whatever it does. */
const EVERYWHERE = [400, 401, 406, 429, 500, 503] as const;

/** The error answers of a route, for its schema: those of every route, and these. */
export function problems(...statuses: readonly number[]) {
  const all = [...new Set([...EVERYWHERE, ...statuses])].sort();
  return Object.fromEntries(all.map((status) => [status, answer(status)]));
}

/** An answer without a body. */
export const NoContent = Type.Unsafe<undefined>({ type: "null", description: "Done." });

/** An answer without a body to a conditional read. */
export const NOT_MODIFIED = {
  304: Type.Unsafe<undefined>({ type: "null", description: "The client has these very bytes." }),
};

function answer(status: number) {
  const codes = Object.entries(PROBLEM_KINDS)
    .filter(([, kind]) => kind.status === status)
    .map(([code]) => `\`${code}\``);
  const description = codes.join(", ");
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: ProblemBodyReference } } };
}
