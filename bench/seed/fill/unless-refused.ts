import { Unexpected } from "#seed/client/expect-answer.ts";
import type { Exhibit } from "./filling.ts";
import type { Progress } from "./progress.ts";

/** Deleted or hidden since; or closed to comments, or to a person. */
const REFUSALS = [403, 404];

/** Does work on a picture, and leaves it at that if people have decided otherwise meanwhile. */
export async function unlessRefused(
  progress: Progress,
  { picture: { title } }: Exhibit,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Unexpected) || !REFUSALS.includes(error.status)) throw error;
    progress.say(`left "${title}" as it is: ${error.message}`);
  }
}
