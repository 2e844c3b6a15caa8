/** The services, each with a database of its own. */
export const SERVICES = ["users", "images", "comments"] as const;

/** The name of a service. */
export type Service = (typeof SERVICES)[number];

/** The targets: the parts that the suite takes away. */
export const TARGETS = [
  "users",
  "images",
  "comments",
  "images-worker",
  "gateway",
  "users-db",
  "images-db",
  "comments-db",
] as const;

/** The name of a target. For services and the gateway it is the first replica. */
export type Target = (typeof TARGETS)[number];
