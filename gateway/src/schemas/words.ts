import { Type } from "typebox";

/** Creates the schema of an enumeration, typed as the union of its words. */
export function words<const T extends string>(
  values: readonly T[],
  options: { readonly description?: string } = {},
) {
  return Type.Unsafe<T>({ type: "string", enum: [...values], ...options });
}
