/**
 * "Try again in a second": how long a client should wait before it tries again, in milliseconds,
 * if the party that refused knows no better number. A limit has adapted, and a breaker has let its
 * first probe through, by then.
 */
export const RETRY_AFTER_MS = 1_000;
