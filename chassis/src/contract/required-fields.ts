import {
  type DescMessage,
  getOption,
  hasOption,
  isFieldSet,
  type Message,
} from "@bufbuild/protobuf";
import { FieldBehavior, field_behavior } from "@triptych/protos/google/api/field_behavior_pb";
import type { FieldViolation } from "./failure.ts";

const NONE: readonly FieldViolation[] = Object.freeze([]);

/**
 * Compiles the check of a request's required fields, those that `google.api.field_behavior` marks
 * REQUIRED. It finds fields that are not set, and a list with more than `maxBatch` entries; 0 sets
 * no limit.
 */
export function compileRequiredFields(
  schema: DescMessage,
  maxBatch: number,
): (request: Message) => readonly FieldViolation[] {
  const fields = schema.fields.filter(
    (field) =>
      hasOption(field, field_behavior) &&
      getOption(field, field_behavior).includes(FieldBehavior.REQUIRED),
  );
  if (fields.length === 0) return () => NONE;
  const entriesMax = maxBatch > 0 ? maxBatch : Number.POSITIVE_INFINITY;

  return (request) => {
    let violations: FieldViolation[] | undefined;
    for (const field of fields) {
      if (!isFieldSet(request, field)) {
        violations ??= [];
        violations.push({ field: field.name, message: "is required" });
      } else if (field.fieldKind === "list") {
        const { length } = Reflect.get(request, field.localName) as readonly unknown[];
        if (length <= entriesMax) continue;
        violations ??= [];
        violations.push({
          field: field.name,
          message: `must have at most ${maxBatch} entries`,
        });
      }
    }
    return violations ?? NONE;
  };
}
