import assert from "node:assert";
import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/** Formats a time as RFC 3339 in UTC. A service sets every time of its resources. */
export function toText(time: Timestamp | undefined): string {
  assert(time, "a service sets every time of a resource");
  return timestampDate(time).toISOString();
}
