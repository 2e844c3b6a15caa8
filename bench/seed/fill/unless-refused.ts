import { Unexpected } from "#seed/client/expect-answer.ts";
import type { Exhibit } from "./filling.ts";
import type { Progress } from "./progress.ts";

/** Deleted or hidden since; or closed to comments, or to a person. */
const REFUSALS = [403, 404];
/** With status 422, which otherwise means that the seed is wrong: deleted since, as an avatar. */
const AVATAR_REFUSAL = "AVATAR_NOT_USABLE";

/** Does work on a picture, and leaves it at that if people have decided otherwise meanwhile. */
export async function unlessRefused(
  progress: Progress,
  { picture: { title } }: Exhibit,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Unexpected) || !isRefusal(error)) throw error;
    progress.say(`left "${title}" as it is: ${error.message}`);
  }
}

function isRefusal({ status, code }: Unexpected): boolean {
  return REFUSALS.includes(status) || code === AVATAR_REFUSAL;
}
