/**
 * Milliseconds since a time of the store. What is of unknown age counts as new: what is new is not
 * removed.
 */
export function ageOf(time: Date | undefined): number {
  return time === undefined ? 0 : Date.now() - time.getTime();
}
