import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";

const OPTIONS = {
  allErrors: true, // one answer names every bad field; bodies are small
  removeAdditional: false,
  useDefaults: false,
  unicodeRegExp: true,
  strict: false, // schemas carry descriptions and examples
  validateFormats: false, // only answers have formats
} as const;

/** The validator of bodies, whose types must be exact. */
const exact = new Ajv({ ...OPTIONS, coerceTypes: false });
/** The validator of parameters, which are texts until they are converted to numbers. */
const coercing = new Ajv({ ...OPTIONS, coerceTypes: true });

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
