import { setTimeout as delay } from "node:timers/promises";
import sharp from "sharp";
import { Ledger } from "#chaos/ledger/ledger.ts";
import type { FrontDoor } from "#chaos/network/load-balancer.ts";
import { commentKey, commentText } from "#chaos/routes/comment-cases.ts";
import { imageKey } from "#chaos/routes/image-cases.ts";
import { Form } from "#chaos/routes/route-case.ts";
import type { Person, World, WorldComment, WorldImage } from "#chaos/routes/seed-data.ts";
import type { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { addSession } from "#chaos/routes/session-cases.ts";
import { succeed } from "./succeed.ts";

const PEOPLE = 4;
const SPARE_SESSIONS = 4;
const READY_MS_MAX = 30_000;
const READY_POLL_MS = 100;
const FIRST = { attempts: 1 };

/**
 * Makes people, an image and a comment of each, and some sessions to use up. Throws if the system
 * is not whole.
 */
export async function makeWorld(frontDoor: FrontDoor, random: SeededRandom): Promise<World> {
  const ledger = new Ledger();
  const beginning = `${Date.now().toString(36)}${Math.floor(random.next() * 1e6).toString(36)}`;
  let marks = 0;
  const mark = () => `${beginning}_${(marks++).toString(36)}`;
  const background = "#d04020";
  const create = { width: 64, height: 48, channels: 3 as const, background };
  const picture = await sharp({ create }).png().toBuffer();

  const handles = Array.from({ length: PEOPLE }, () => `person_${mark()}`);
  const people = await Promise.all(handles.map((handle) => makePerson(frontDoor, handle)));
  const maker = { frontDoor, ledger, mark, picture };
  const images = await Promise.all(people.map((owner) => makeImage(maker, owner)));
  const comments = await Promise.all(images.map((image) => makeComment(maker, image)));
  const world: World = {
    ...{ random, ledger, people, images, comments, picture, mark },
    ...{ sessions: [], looseImages: [], looseComments: [], endedSessions: [] },
  };
  await makeSessions(frontDoor, world);
  await untilRendered(frontDoor, images);
  return world;
}

async function makePerson(frontDoor: FrontDoor, handle: string): Promise<Person> {
  const password = `long enough for ${handle}`;
  const body = { handle, email: `${handle}@mail.example`, password };
  const { id } = await succeed(frontDoor, post("/v1/users", body));
  const session = await succeed(frontDoor, post("/v1/sessions", { login: handle, password }));
  return { id, handle, password, token: session.accessToken };
}

interface Maker {
  readonly frontDoor: FrontDoor;
  readonly ledger: Ledger;
  readonly picture: Buffer;
  readonly mark: () => string;
}

async function makeImage(maker: Maker, owner: Person): Promise<WorldImage> {
  const title = maker.mark();
  const form = new Form({ title }, maker.picture);
  const { id } = await succeed(maker.frontDoor, post("/v1/images", form, owner.token));
  maker.ledger.write(imageKey(title), "").acknowledge(FIRST);
  return { id, title, owner };
}

async function makeComment(
  maker: Maker,
  image: WorldImage,
): Promise<WorldComment & { readonly image: WorldImage }> {
  const { frontDoor, ledger } = maker;
  const [mark, text] = [maker.mark(), "first"];
  const body = { body: commentText(mark, text) };
  const author = image.owner;
  const path = `/v1/images/${image.id}/comments`;
  const { id } = await succeed(frontDoor, post(path, body, author.token));
  ledger.write(commentKey(mark), text).acknowledge(FIRST);
  return { id, mark, author, image };
}

/**
 * One of them is ended at once: what has ended can be ended again when no session is left to spare.
 */
async function makeSessions(frontDoor: FrontDoor, world: World): Promise<void> {
  for (let made = 0; made <= SPARE_SESSIONS; made++) {
    const { handle: login, password } = world.random.pick(world.people);
    const session = await succeed(frontDoor, post("/v1/sessions", { login, password }));
    const key = `session ${world.mark()}`;
    world.ledger.write(key, "open").acknowledge(FIRST);
    addSession(world, key, session);
  }
  const ended = world.sessions.shift();
  if (ended === undefined) throw new Error("no session was made");
  const path = "/v1/sessions/current";
  await succeed(frontDoor, { method: "DELETE", path, token: ended.token, expected: [204] });
  world.ledger.write(ended.key, null).acknowledge(FIRST);
  world.endedSessions.push(ended);
}

async function untilRendered(frontDoor: FrontDoor, images: readonly WorldImage[]): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (const { id } of images) {
    const call = { method: "GET", path: `/v1/images/${id}`, expected: [200] };
    while ((await succeed(frontDoor, call)).state !== "ready") {
      if (performance.now() > deadline) throw new Error(`image ${id} does not become ready`);
      await delay(READY_POLL_MS);
    }
  }
}

function post(path: string, body: object, token?: string) {
  return { method: "POST", path, body, token, expected: [201] };
}
