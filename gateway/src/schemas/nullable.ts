import { type Static, type TSchema, Type } from "typebox";

/**
 * Creates the schema of a value that may be null. It has a list of types instead of `anyOf`, since
 * the serialiser need not try each alternative then.
 */
export function nullable<S extends TSchema>(schema: S) {
  const { type } = schema as unknown as { readonly type: string };
  return Type.Unsafe<Static<S> | null>({ ...schema, type: [type, "null"] });
}
