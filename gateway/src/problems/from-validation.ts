import type { FieldViolation } from "@triptych/chassis/contract/failure";
import type { ErrorObject } from "ajv";
import { shownFieldName } from "./field-name.ts";

/** A violation of a schema, as Ajv reports it, also through fastify. */
export type SchemaViolation = Pick<ErrorObject, "keyword" | "instancePath"> & {
  readonly params: Readonly<Record<string, unknown>>;
};

type Rule = (params: SchemaViolation["params"], name: string) => string;

/** Messages in place of a pattern, by the end of the field's name. */
const PATTERN_MESSAGES: readonly (readonly [ending: RegExp, message: string])[] = [
  [/(^|\.)handle$/, "must have 3 to 30 characters of a-z, 0-9 and _"],
  [/(^|\.)email$/, "must be an e-mail address"],
  [/(^|\.)(id|.*Id|owner)$/, "must be a UUID in lower case"],
];

const MESSAGES: Readonly<Record<string, Rule>> = {
  required: () => "is required",
  additionalProperties: () => "is not a member that is known here",
  type: ({ type }) => `must be ${typeNames(type)}`,
  enum: ({ allowedValues }) => `must be one of ${list(allowedValues).join(", ")}`,
  minLength: ({ limit }) =>
    limit === 1 ? "must not be empty" : `must have at least ${limit} characters`,
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  maxItems: ({ limit }) => `must have at most ${limit} entries`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  minProperties: () => "must name at least one thing to change",
  pattern: (_params, name) =>
    PATTERN_MESSAGES.find(([ending]) => ending.test(name))?.[1] ?? "is not of the right form",
};

/** Converts Ajv's violations to bad fields, each once, in the client's spelling: `tags[2]`. */
export function fromValidation(violations: readonly SchemaViolation[]): readonly FieldViolation[] {
  const found = new Map<string, FieldViolation>();
  for (const { keyword, instancePath, params } of violations) {
    const field = nameOf(keyword, instancePath, params);
    const message = MESSAGES[keyword]?.(params, field) ?? "is not valid";
    if (!found.has(field)) found.set(field, { field, message });
  }
  return [...found.values()];
}

function nameOf(keyword: string, instancePath: string, params: SchemaViolation["params"]): string {
  const segments = instancePath.split("/").slice(1).map(unescapePointer);
  if (keyword === "required") segments.push(String(params.missingProperty));
  if (keyword === "additionalProperties") segments.push(String(params.additionalProperty));
  const name = segments
    .map((segment, index) =>
      /^\d+$/.test(segment) ? `[${segment}]` : index > 0 ? `.${segment}` : segment,
    )
    .join("");
  return shownFieldName(name);
}

function unescapePointer(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

function typeNames(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    string: "a text",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
    array: "a list",
    object: "a JSON object",
    null: "null",
  };
  return list(type)
    .map((name) => names[name] ?? name)
    .join(" or ");
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : String(value).split(",");
}
