import { type Static, Type } from "typebox";

/** A canonical UUID in lower case. */
const ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/** Creates the schema of an id. */
export function identifier(description: string) {
  return Type.String({
    pattern: ID_PATTERN,
    description,
    examples: ["019aaf3e-6c2b-7cc0-8a44-5f2d9e1b7a10"],
  });
}

/** The path parameter that names a resource. */
export const IdParameters = Type.Object({ id: identifier("The resource's id, a UUIDv7.") });
export type IdParameters = Static<typeof IdParameters>;
