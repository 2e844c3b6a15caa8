import { type Static, type TSchema, Type } from "typebox";

/**
 * Lets a value be null as well. JSON Schema's list of types is used instead of `anyOf`, because the
 * serialiser writes it without trying each alternative.
 */
export function nullable<S extends TSchema>(schema: S) {
  const { type } = schema as unknown as { readonly type: string };
  return Type.Unsafe<Static<S> | null>({ ...schema, type: [type, "null"] });
}
