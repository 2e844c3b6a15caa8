import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { type Duration, durationMs, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import {
  Criticality,
  type MethodPolicy,
  method_policy,
} from "@triptych/protos/policy/v1/policy_pb";

const UNSET = "–";

const CALLED_TWICE = {
  [MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN]: "no",
  [MethodOptions_IdempotencyLevel.IDEMPOTENT]: "yes",
  [MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS]: "reads",
} as const satisfies Record<MethodOptions_IdempotencyLevel, string>;

const CRITICALITIES: ReadonlyMap<number, string> = new Map([
  [Criticality.SHEDDABLE, "sheddable"],
  [Criticality.DEFAULT, "default"],
  [Criticality.CRITICAL, "critical"],
]);

/** The head of the table of policies, without its last column, the reason. */
export const POLICY_HEAD =
  "| method | timeout | twice | criticality | fresh for | stale if error | hedged after | batch | callers |";

/** Formats a method's policy as a row of that table, without the last column. */
export function policyRow(method: DescMethod): string {
  const policy = getOption(method, method_policy);
  const cells = [
    `\`${method.name}\``,
    span(policy.timeout),
    CALLED_TWICE[method.idempotency],
    CRITICALITIES.get(policy.criticality) ?? UNSET,
    span(policy.freshFor),
    span(policy.staleIfError),
    span(policy.hedgeAfter),
    batchCell(policy),
    policy.callers.join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** How many keys a batch takes, or the batch that joins the calls of a read of one key. */
function batchCell({ maxBatch, joining }: MethodPolicy): string {
  if (joining !== undefined) return `in \`${joining.batch}\``;
  return maxBatch === 0 ? UNSET : String(maxBatch);
}

/** A duration as people write it: `250 ms`, `2 s`, `1 h`. */
function span(duration: Duration | undefined): string {
  if (duration === undefined) return UNSET;
  const milliseconds = durationMs(duration);
  if (milliseconds % 3_600_000 === 0) return `${milliseconds / 3_600_000} h`;
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000} s` : `${milliseconds} ms`;
}
