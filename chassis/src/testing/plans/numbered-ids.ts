/**
 * Creates the function `numbered_id` in a test's database, for `insert … select generate_series`.
 * It returns what {@link numberedId} returns.
 */
export const CREATE_NUMBERED_ID = `
  create function numbered_id(bigint) returns uuid language sql immutable as $$
    select (lpad(to_hex($1), 12, '0') || '70008000000000000000')::uuid
  $$`;

/** Returns the id of a number. Ids sort as their numbers do, as UUIDv7 sort by their times. */
export function numberedId(number: number): string {
  const digits = number.toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}
