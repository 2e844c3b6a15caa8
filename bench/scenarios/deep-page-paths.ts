import type { Target } from "./scenario.ts";

const PAGE_SIZE = 50;
const DEPTH = 1_000;
/** As many images: walking to their page takes 20 requests each. */
const IMAGES_MAX = 10;

/** Walks to the page behind the first 1,000 comments of some images, and returns its paths. */
export async function deepPagePaths({ url, world }: Target): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const id of world.commentImageIds.slice(0, IMAGES_MAX)) {
    const first = `/v1/images/${id}/comments?pageSize=${PAGE_SIZE}`;
    let path = first;
    for (let depth = 0; depth < DEPTH; depth += PAGE_SIZE) {
      path = `${first}&pageToken=${encodeURIComponent(await nextPageToken(url + path))}`;
    }
    paths.push(path);
  }
  return paths;
}

async function nextPageToken(page: string): Promise<string> {
  const response = await fetch(page);
  const token = /"nextPageToken":"([^"]+)"/.exec(await response.text())?.[1];
  if (token === undefined) throw new Error(`${page}: ${response.status}, and no next page`);
  return token;
}
