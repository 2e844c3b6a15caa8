import type { Outcome } from "#chaos/network/load-balancer.ts";

/** The classes of an answer, best first. */
const ANSWER_CLASSES = ["full", "stale", "partial", "refused", "failed"] as const;

/**
 * The quality of an answer.
 * - `full`: whole and new
 * - `stale`: whole, and the answer says which parts are old
 * - `partial`: the answer says which parts are missing
 * - `refused`: a problem document that says when to come back
 * - `failed`: anything else
 */
export type AnswerClass = (typeof ANSWER_CLASSES)[number];

/** Statuses of a temporary refusal. */
const REFUSALS = [429, 503];

/** Whether an answer is worse than another. */
export function isWorse(left: AnswerClass, right: AnswerClass): boolean {
  return ANSWER_CLASSES.indexOf(left) > ANSWER_CLASSES.indexOf(right);
}

/** Returns the worst of some classes; full if there are none. */
export function worstOf(classes: readonly AnswerClass[]): AnswerClass {
  return classes.reduce((worst, one) => (isWorse(one, worst) ? one : worst), "full");
}

/** Returns the class of an answer, given the route's statuses of success. */
export function classify({ answer }: Outcome, expected: readonly number[]): AnswerClass {
  if (answer === undefined) return "failed";
  const { status, headers } = answer;
  if (expected.includes(status)) return degradationOf(answer);
  const isProblem = headers["content-type"]?.startsWith("application/problem+json") ?? false;
  const saysWhen = Number(headers["retry-after"]) >= 1;
  return REFUSALS.includes(status) && isProblem && saysWhen ? "refused" : "failed";
}

function degradationOf({ headers, body }: NonNullable<Outcome["answer"]>): AnswerClass {
  const isJson = headers["content-type"]?.startsWith("application/json") ?? false;
  const { degraded = [] } = isJson ? JSON.parse(body.toString("utf8")) : {};
  const effects: readonly AnswerClass[] = degraded.map(({ effect }: { effect: string }) =>
    effect === "stale" ? "stale" : "partial",
  );
  return worstOf(effects);
}
