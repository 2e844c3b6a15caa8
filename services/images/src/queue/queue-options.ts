/** The schema of pg-boss' tables, in the service's own database. */
export const QUEUE_SCHEMA = "queue";

/** The queue of images to process. */
export const PROCESS_IMAGE = "process-image";

/** The group of jobs that may not take the place for small images. */
export const LARGE = "large";

/**
 * A killed worker is noticed by its missing heartbeat, and its job is retried. There are many
 * retries, since repeated failures are those of the disk or the database. The domain counts the
 * attempts of an image itself.
 */
export const QUEUE_OPTIONS = {
  retryLimit: 1_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  /** The smallest value that pg-boss accepts. A worker refreshes it twice in that time. */
  heartbeatSeconds: 10,
  /** Longer than any job: the renderer has its own, shorter limit. */
  expireInSeconds: 15 * 60,
  deleteAfterSeconds: 60 * 60,
} as const;

/**
 * The features of pg-boss that both sides leave out: schedules, the registry of its instances,
 * tracing.
 */
export const COMMON_OPTIONS = {
  schema: QUEUE_SCHEMA,
  schedule: false,
  registerInstance: false,
  openTelemetry: { enabled: false },
} as const;

/**
 * For sessions that change or clean up the queue's tables: a role's statement timeout is meant for
 * requests. It is set for the session, which a transaction pooler does not keep.
 */
export const UNLIMITED_SESSION = { options: "-c statement_timeout=0" } as const;
