/** The services. Each has a database of its own name. */
export const SERVICES = ["users", "images", "comments"] as const;

/** The name of a service and of its database. */
export type ServiceName = (typeof SERVICES)[number];

/** The parts that can be taken away and brought back, by the names that commands use. */
export const PART_NAMES = [
  ...SERVICES,
  "gateway",
  "images-worker",
  "users-db",
  "images-db",
  "comments-db",
  "monolith",
] as const;

/** The name of a part of the running stack. */
export type PartName = (typeof PART_NAMES)[number];

/** Whether a word is the name of a part. */
export function isPartName(word: string): word is PartName {
  return PART_NAMES.some((name) => name === word);
}
