/**
 * How long a client should wait before it tries again, if the party that refused says nothing of
 * it. A breaker has let its first probe through by then.
 */
export const RETRY_AFTER_MS_DEFAULT = 1_000;
