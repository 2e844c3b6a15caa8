import { Type } from "typebox";

/** Creates the schema of a time: RFC 3339, in UTC. */
export function moment(description: string) {
  return Type.String({
    format: "date-time",
    description,
    examples: ["2026-11-22T10:15:30.000Z"],
  });
}
