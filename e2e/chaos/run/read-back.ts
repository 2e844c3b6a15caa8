import { sendCall } from "#chaos/load/send-call.ts";
import { succeed } from "#chaos/load/succeed.ts";
import type { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { commentKey } from "#chaos/routes/comment-cases.ts";
import { imageKey, likeKey } from "#chaos/routes/image-cases.ts";
import type { SeedData, SeedImage } from "#chaos/routes/seed-data.ts";

/**
 * The final state: for each key of the ledger the values that were found, as often as they were.
 */
type Found = ReadonlyMap<string, readonly string[]>;

/**
 * Reads back everything of the seed data through the public API, page by page. Throws if a read is
 * refused.
 */
export async function readBack(balancer: LoadBalancer, seedData: SeedData): Promise<Found> {
  const found = new Map<string, string[]>();
  const note: Note = (key, value) => found.set(key, [...(found.get(key) ?? []), value]);
  await readUsers(balancer, seedData, note);
  await readSessions(balancer, seedData, note);
  for (const { id, token } of seedData.people) {
    const images = await readList(balancer, `/v1/images?owner=${id}&pageSize=100`, token);
    for (const { title, description } of images) note(imageKey(title), description);
  }
  for (const image of seedData.images) {
    const base = `/v1/images/${image.id}`;
    const likes = await readList(balancer, `${base}/likes?pageSize=100`);
    for (const { id } of likes) note(likeKey(image, id), "there");
    const comments = await readComments(balancer, image);
    for (const { body } of comments) {
      const [mark = "", ...text] = body.split(" ");
      note(commentKey(mark), text.join(" "));
    }
  }
  return found;
}

type Note = (key: string, value: string) => void;

async function readUsers(balancer: LoadBalancer, seedData: SeedData, note: Note): Promise<void> {
  const handles = seedData.ledger.keys("user ");
  for (const handle of handles) {
    const users = await readList(balancer, `/v1/users?handle=${handle}`);
    for (const user of users) note(`user ${user.handle}`, "there");
  }
  for (const { handle, token } of seedData.people) {
    const me = { method: "GET", path: "/v1/users/me", token, expected: [200] };
    const { bio } = await succeed(balancer, me);
    if (bio !== "") note(`bio of ${handle}`, bio);
  }
}

/** A session is open if its access token is still accepted. */
async function readSessions(balancer: LoadBalancer, seedData: SeedData, note: Note): Promise<void> {
  for (const { key, token } of [...seedData.sessions, ...seedData.endedSessions]) {
    const me = { method: "GET", path: "/v1/users/me", token, expected: [200, 401] };
    const { answer } = await sendCall(balancer, me);
    if (answer?.status === 200) note(key, "open");
  }
}

// biome-ignore lint/suspicious/noExplicitAny: rows of JSON.
type Rows = readonly any[];

/** Reads the comments of an image with their replies. Replies have none here. */
export async function readComments(balancer: LoadBalancer, { id }: SeedImage): Promise<Rows> {
  const top = await readList(balancer, `/v1/images/${id}/comments?pageSize=100`);
  const withReplies = top.filter(({ replyCount }) => replyCount > 0);
  const paths = withReplies.map((comment) => `/v1/comments/${comment.id}/replies?pageSize=100`);
  const replies = await Promise.all(paths.map((path) => readList(balancer, path)));
  return [...top, ...replies.flat()];
}

/** Reads every page of a list. */
export async function readList(
  balancer: LoadBalancer,
  path: string,
  token?: string,
): Promise<Rows> {
  const rows: Rows[] = [];
  let next = "";
  do {
    const page = await succeed(balancer, {
      method: "GET",
      path: `${path}${next}`,
      token,
      expected: [200],
    });
    const list = Object.values(page).find((member) => Array.isArray(member));
    rows.push(list as Rows);
    next =
      page.nextPageToken === null ? "" : `&pageToken=${encodeURIComponent(page.nextPageToken)}`;
  } while (next !== "");
  return rows.flat();
}
