/** What may be done to one part, by the names that commands use. */
export const PART_ACTIONS = [
  "stop",
  "start",
  "restart",
  "freeze",
  "thaw",
  "read-only",
  "writable",
] as const;

/** One thing that may be done to a part. */
export type PartAction = (typeof PART_ACTIONS)[number];
