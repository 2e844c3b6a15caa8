import { sendCall } from "#chaos/load/send-call.ts";
import { succeed } from "#chaos/load/succeed.ts";
import type { FrontDoor } from "#chaos/network/load-balancer.ts";
import { commentKey } from "#chaos/routes/comment-cases.ts";
import { imageKey, likeKey } from "#chaos/routes/image-cases.ts";
import type { World, WorldImage } from "#chaos/routes/seed-data.ts";

/** What was found in the end: each value of each key of the ledger, as often as it is there. */
type Found = ReadonlyMap<string, readonly string[]>;

/** Reads all of a world back through the public API, page by page. Throws if it is refused. */
export async function readBack(frontDoor: FrontDoor, world: World): Promise<Found> {
  const found = new Map<string, string[]>();
  const note: Note = (key, value) => found.set(key, [...(found.get(key) ?? []), value]);
  await readUsers(frontDoor, world, note);
  await readSessions(frontDoor, world, note);
  for (const { id, token } of world.people) {
    const images = await readList(frontDoor, `/v1/images?owner=${id}&pageSize=100`, token);
    for (const { title, description } of images) note(imageKey(title), description);
  }
  for (const image of world.images) {
    const base = `/v1/images/${image.id}`;
    const likes = await readList(frontDoor, `${base}/likes?pageSize=100`);
    for (const { id } of likes) note(likeKey(image, id), "there");
    const comments = await readComments(frontDoor, image);
    for (const { body } of comments) {
      const [mark = "", ...text] = body.split(" ");
      note(commentKey(mark), text.join(" "));
    }
  }
  return found;
}

type Note = (key: string, value: string) => void;

async function readUsers(frontDoor: FrontDoor, world: World, note: Note): Promise<void> {
  const handles = world.ledger.keys("user ");
  for (const handle of handles) {
    const users = await readList(frontDoor, `/v1/users?handle=${handle}`);
    for (const user of users) note(`user ${user.handle}`, "there");
  }
  for (const { handle, token } of world.people) {
    const me = { method: "GET", path: "/v1/users/me", token, expected: [200] };
    const { bio } = await succeed(frontDoor, me);
    if (bio !== "") note(`bio of ${handle}`, bio);
  }
}

/** A session is open if its access token still shows oneself. */
async function readSessions(frontDoor: FrontDoor, world: World, note: Note): Promise<void> {
  for (const { key, token } of [...world.sessions, ...world.endedSessions]) {
    const me = { method: "GET", path: "/v1/users/me", token, expected: [200, 401] };
    const { answer } = await sendCall(frontDoor, me);
    if (answer?.status === 200) note(key, "open");
  }
}

// biome-ignore lint/suspicious/noExplicitAny: rows of JSON.
type Rows = readonly any[];

/** Reads the comments of an image with their replies. Replies have none here. */
export async function readComments(frontDoor: FrontDoor, { id }: WorldImage): Promise<Rows> {
  const top = await readList(frontDoor, `/v1/images/${id}/comments?pageSize=100`);
  const withReplies = top.filter(({ replyCount }) => replyCount > 0);
  const paths = withReplies.map((comment) => `/v1/comments/${comment.id}/replies?pageSize=100`);
  const replies = await Promise.all(paths.map((path) => readList(frontDoor, path)));
  return [...top, ...replies.flat()];
}

/** Reads every page of a list. */
export async function readList(frontDoor: FrontDoor, path: string, token?: string): Promise<Rows> {
  const rows: Rows[] = [];
  let next = "";
  do {
    const page = await succeed(frontDoor, {
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
