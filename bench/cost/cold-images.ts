import { PagePaths } from "./page-paths.ts";
import type { SmallStack } from "./small-stack.ts";

/** Images that nobody has asked for, each with an owner of its own, not among the newest. */
export class ColdImages {
  readonly #ids: string[];
  #unknown = 0;

  constructor({ plan }: SmallStack) {
    const newestFirst = plan.images.slice(1).sort((a, b) => b.createMs - a.createMs);
    const owners = new Set<number>();
    this.#ids = newestFirst
      .slice(PagePaths.IMAGES_MAX)
      .filter(({ owner, commentCount }) => {
        const isNew = !owners.has(owner) && commentCount > 0;
        owners.add(owner);
        return isNew;
      })
      .map(({ id }) => id);
  }

  next(): string {
    const id = this.#ids.pop();
    if (id === undefined) throw new Error("every image was asked for: the world is too small");
    return `/v1/images/${id}`;
  }

  /** Returns the path of an image that does not exist: another one each time. */
  unknown(): string {
    const tail = String(++this.#unknown).padStart(12, "0");
    return `/v1/images/01890000-0000-7000-8000-${tail}`;
  }
}
