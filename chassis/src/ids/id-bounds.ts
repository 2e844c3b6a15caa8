/**
 * The lowest and the highest id. In keyset pagination a list from its beginning is the list after
 * one of these: one statement, and one plan, serves every page.
 */
export const ID_MIN = "00000000-0000-0000-0000-000000000000";
/** See `ID_MIN`. */
export const ID_MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";
