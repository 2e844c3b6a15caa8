import { type DescMessage, getOption, hasOption, type Message } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FieldBehavior, field_behavior } from "@triptych/protos/google/api/field_behavior_pb";
import type { FieldViolation } from "./failure.ts";

interface RequiredField {
  readonly name: string;
  readonly repeated: boolean;
  readonly isSet: (message: ReflectMessage) => boolean;
  readonly size: (message: ReflectMessage) => number;
}

const requiredFields = new WeakMap<DescMessage, readonly RequiredField[]>();

/**
 * Finds the fields of a request that `google.api.field_behavior` marks REQUIRED and that are not
 * set, and the repeated one that has more keys than a batch takes.
 */
export function findFieldViolations(
  schema: DescMessage,
  message: Message,
  maxBatch: number,
): readonly FieldViolation[] {
  const fields = requiredFieldsOf(schema);
  if (fields.length === 0) return [];
  const reflected = reflect(schema, message);
  const violations: FieldViolation[] = [];
  for (const field of fields) {
    if (!field.isSet(reflected)) {
      violations.push({ field: field.name, message: "is required" });
    } else if (maxBatch > 0 && field.repeated && field.size(reflected) > maxBatch) {
      violations.push({ field: field.name, message: `must have at most ${maxBatch} entries` });
    }
  }
  return violations;
}

function requiredFieldsOf(schema: DescMessage): readonly RequiredField[] {
  const known = requiredFields.get(schema);
  if (known !== undefined) return known;
  const found = schema.fields
    .filter(
      (field) =>
        hasOption(field, field_behavior) &&
        getOption(field, field_behavior).includes(FieldBehavior.REQUIRED),
    )
    .map((field) => ({
      name: field.name,
      repeated: field.fieldKind === "list",
      isSet: (message: ReflectMessage) => message.isSet(field),
      size: (message: ReflectMessage) => (field.fieldKind === "list" ? message.get(field).size : 0),
    }));
  requiredFields.set(schema, found);
  return found;
}
