const PAGE_SIZE = 30;
const PAGES = 24;

/**
 * The pages of the list of images, one after another, and then from the first again. Replays need
 * 18; only repeated ones, on a busy machine, ask for a page twice. It costs no more then.
 */
export class PagePaths {
  /** How many images they have. */
  static readonly IMAGES_MAX = PAGE_SIZE * PAGES;
  readonly #paths: readonly string[];
  #at = 0;

  private constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Follows the list. */
  static async of(url: string): Promise<PagePaths> {
    const paths: string[] = [];
    let token: string | null = "";
    while (paths.length < PAGES && token !== null) {
      const path: string = `/v1/images?pageSize=${PAGE_SIZE}&pageToken=${token}`;
      paths.push(path);
      const response = await fetch(url + path);
      ({ nextPageToken: token } = JSON.parse(await response.text()));
    }
    return new PagePaths(paths);
  }

  next(): string {
    const path = this.#paths[this.#at++ % this.#paths.length];
    if (path === undefined) throw new Error("the list has no pages");
    return path;
  }
}
