/** The actions on a part, by the names that commands use. */
export const PART_ACTIONS = [
  "stop",
  "start",
  "restart",
  "freeze",
  "thaw",
  "read-only",
  "writable",
] as const;

/** The name of an action on a part. */
export type PartAction = (typeof PART_ACTIONS)[number];
