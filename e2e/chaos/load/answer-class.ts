import type { Outcome } from "#chaos/network/load-balancer.ts";

/** How good an answer is, best first. */
const ANSWER_CLASSES = ["full", "stale", "partial", "refused", "failed"] as const;

/**
 * `full`: whole and new. `stale`: whole, and some of it old, which it says. `partial`: something is
 * missing, which it says. `refused`: a problem document that says so, and when to come back.
 * `failed`: anything else.
 */
export type AnswerClass = (typeof ANSWER_CLASSES)[number];

/** Statuses by which a request is refused for now. */
const REFUSALS = [429, 503];

/** Whether an answer is worse than another. */
export function isWorse(left: AnswerClass, right: AnswerClass): boolean {
  return ANSWER_CLASSES.indexOf(left) > ANSWER_CLASSES.indexOf(right);
}

/** The worst of some answers; full if there are none. */
export function worstOf(classes: readonly AnswerClass[]): AnswerClass {
  return classes.reduce((worst, one) => (isWorse(one, worst) ? one : worst), "full");
}

/** Says how good an answer is, given the statuses by which the route succeeds. */
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
