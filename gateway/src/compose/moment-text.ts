import assert from "node:assert";
import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/** Writes a time as RFC 3339 in UTC. Every time that is shown is set by its service. */
export function toText(time: Timestamp | undefined): string {
  assert(time, "a service sets every time of a resource");
  return timestampDate(time).toISOString();
}
