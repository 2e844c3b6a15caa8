import { trimBlanks } from "@triptych/chassis/validation/text-form";
import { Ajv, type ErrorObject, type KeywordDefinition, type ValidateFunction } from "ajv";
import type { DataValidationCxt } from "ajv/dist/types/index.js";
import type { FastifySchemaCompiler } from "fastify";

const OPTIONS = {
  allErrors: true, // one answer names every bad field; bodies are small
  removeAdditional: false,
  useDefaults: false,
  unicodeRegExp: true,
  strict: false, // schemas carry descriptions and examples
  validateFormats: false, // only answers have formats
} as const;

/** `"x-trimmed": true` removes the blanks around a text before its other rules are checked. */
const TRIMMED: KeywordDefinition = {
  keyword: "x-trimmed",
  type: "string",
  schemaType: "boolean",
  before: "maxLength",
  modifying: true,
  errors: false,
  validate(isTrimmed: boolean, text: string, _parentSchema?: object, within?: DataValidationCxt) {
    if (isTrimmed && within) within.parentData[within.parentDataProperty] = trimBlanks(text);
    return true;
  },
};

/** The validator of bodies, whose types must be exact. */
const exact = new Ajv({ ...OPTIONS, coerceTypes: false }).addKeyword(TRIMMED);
/** The validator of parameters, which are texts until they are converted to numbers. */
const coercing = new Ajv({ ...OPTIONS, coerceTypes: true }).addKeyword(TRIMMED);

/** Compiles the schema of a part of a request. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === "body" ? exact.compile(schema) : coercing.compile(schema);

/** Creates a function that returns the violations of a schema by a value. */
export function createCheck(schema: object): (value: unknown) => readonly ErrorObject[] {
  const validate: ValidateFunction = exact.compile(schema);
  return function check(value) {
    return validate(value) ? [] : (validate.errors ?? []);
  };
}
