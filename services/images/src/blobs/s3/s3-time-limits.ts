/**
 * Of what is asked while a row is locked: so long does a store that hangs hold a connection of the
 * database.
 */
export const ASK_MS_MAX = 2_000;
/** Of one attempt of it. */
export const ASK_ATTEMPT_MS_MAX = 900;
/** Until an answer begins, and then from one chunk to the next, either way. */
export const SILENCE_MS_MAX = 5_000;
/** Until an object begins to come, in one attempt. */
export const GET_ATTEMPT_MS_MAX = 2_400;
/** Of a page of a listing, with all attempts. */
export const LIST_MS_MAX = 10_000;
/**
 * A file of 25 MiB at 0.5 MB/s, at once or in parts, with all attempts. An upload may take two
 * minutes in all.
 */
export const PUT_MS_MAX = 50_000;
