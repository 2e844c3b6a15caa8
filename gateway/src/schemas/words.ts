import { Type } from "typebox";

/** Makes the schema of one of a few words, typed as their union. */
export function words<const T extends string>(
  values: readonly T[],
  options: { readonly description?: string } = {},
) {
  return Type.Unsafe<T>({ type: "string", enum: [...values], ...options });
}
