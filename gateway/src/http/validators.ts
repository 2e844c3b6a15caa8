import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";

const OPTIONS = {
  allErrors: true, // every bad field is named in one answer; bodies are small
  removeAdditional: false,
  useDefaults: false,
  unicodeRegExp: true,
  strict: false, // schemas carry descriptions and examples
  validateFormats: false, // formats stand in answers only
} as const;

/** Compiles the schemas of bodies, whose types must be right. */
const exact = new Ajv({ ...OPTIONS, coerceTypes: false });
/** Compiles the schemas of parameters, which are texts until they are turned into numbers. */
const coercing = new Ajv({ ...OPTIONS, coerceTypes: true });

/** Compiles a schema for a part of a request. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === "body" ? exact.compile(schema) : coercing.compile(schema);

/** Makes a function that gives what is wrong with a value of this schema. */
export function createCheck(schema: object): (value: unknown) => readonly ErrorObject[] {
  const validate: ValidateFunction = exact.compile(schema);
  return function check(value) {
    return validate(value) ? [] : (validate.errors ?? []);
  };
}
