/** The schema that pg-boss keeps its tables in, in the service's own database. */
export const QUEUE_SCHEMA = "queue";

/** The queue of images whose variants are to be made. */
export const PROCESS_IMAGE = "process-image";

/**
 * A job whose worker is killed is found by its heartbeat and done again. Tried so often, since what
 * fails again and again is the disk or the database and not the image, whose own attempts the
 * domain counts.
 */
export const QUEUE_OPTIONS = {
  retryLimit: 1_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  /** The smallest that pg-boss takes; a worker refreshes it twice in that time. */
  heartbeatSeconds: 10,
  /** Longer than a job ever runs: the renderer has its own, shorter limit. */
  expireInSeconds: 15 * 60,
  deleteAfterSeconds: 60 * 60,
} as const;

/**
 * What both sides of the queue leave out of pg-boss: schedules, the registry of its instances,
 * tracing.
 */
export const COMMON_OPTIONS = {
  schema: QUEUE_SCHEMA,
  schedule: false,
  registerInstance: false,
  openTelemetry: { enabled: false },
} as const;

/**
 * For who changes the queue's tables, or clears them up: the limit that a role may have for the
 * statements of requests is not for them. It is the session's own, and so needs one, which a
 * transaction pooler does not keep.
 */
export const UNLIMITED_SESSION = { options: "-c statement_timeout=0" } as const;
