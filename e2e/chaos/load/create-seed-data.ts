import { setTimeout as delay } from "node:timers/promises";
import sharp from "sharp";
import { Ledger } from "#chaos/ledger/ledger.ts";
import type { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { commentKey, commentText } from "#chaos/routes/comment-cases.ts";
import { imageKey } from "#chaos/routes/image-cases.ts";
import { Form } from "#chaos/routes/route-case.ts";
import type { Person, SeedComment, SeedData, SeedImage } from "#chaos/routes/seed-data.ts";
import { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { addSession } from "#chaos/routes/session-cases.ts";
import { succeed } from "./succeed.ts";

const PEOPLE = 4;
const SPARE_SESSIONS = 4;
const READY_MS_MAX = 30_000;
const READY_POLL_MS = 100;
const FIRST = { attempts: 1 };

/** How long, and how often, the seed data are tried. */
const SEED_DATA_MS_MAX = 60_000;
const SEED_DATA_RETRY_MS = 500;

/**
 * Creates the seed data: test users, an image and a comment of each, and some sessions that the
 * load may end. Begins anew while a part of the system is away: the fault before has not ended
 * completely, or, without the failure policy, a channel is still connecting. The same seed makes
 * the same choices.
 */
export async function createSeedData(balancer: LoadBalancer, seed: number): Promise<SeedData> {
  const deadline = performance.now() + SEED_DATA_MS_MAX;
  for (;;) {
    try {
      return await createOnce(balancer, new SeededRandom(seed));
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(SEED_DATA_RETRY_MS);
    }
  }
}

async function createOnce(balancer: LoadBalancer, random: SeededRandom): Promise<SeedData> {
  const ledger = new Ledger();
  const beginning = `${Date.now().toString(36)}${Math.floor(random.next() * 1e6).toString(36)}`;
  let marks = 0;
  const mark = () => `${beginning}_${(marks++).toString(36)}`;
  const background = "#d04020";
  const create = { width: 64, height: 48, channels: 3 as const, background };
  const picture = await sharp({ create }).png().toBuffer();

  const handles = Array.from({ length: PEOPLE }, () => `person_${mark()}`);
  const people = await Promise.all(handles.map((handle) => makePerson(balancer, handle)));
  const maker = { balancer, ledger, mark, picture };
  const images = await Promise.all(people.map((owner) => makeImage(maker, owner)));
  const comments = await Promise.all(images.map((image) => makeComment(maker, image)));
  const seedData: SeedData = {
    ...{ random, ledger, people, images, comments, picture, mark },
    ...{ sessions: [], looseImages: [], looseComments: [], endedSessions: [] },
  };
  await makeSessions(balancer, seedData);
  await untilRendered(balancer, images);
  return seedData;
}

async function makePerson(balancer: LoadBalancer, handle: string): Promise<Person> {
  const password = `long enough for ${handle}`;
  const body = { handle, email: `${handle}@mail.example`, password };
  const { id } = await succeed(balancer, post("/v1/users", body));
  const session = await succeed(balancer, post("/v1/sessions", { login: handle, password }));
  return { id, handle, password, token: session.accessToken };
}

interface Maker {
  readonly balancer: LoadBalancer;
  readonly ledger: Ledger;
  readonly picture: Buffer;
  readonly mark: () => string;
}

async function makeImage(maker: Maker, owner: Person): Promise<SeedImage> {
  const title = maker.mark();
  const form = new Form({ title }, maker.picture);
  const { id } = await succeed(maker.balancer, post("/v1/images", form, owner.token));
  maker.ledger.write(imageKey(title), "").acknowledge(FIRST);
  return { id, title, owner };
}

async function makeComment(
  maker: Maker,
  image: SeedImage,
): Promise<SeedComment & { readonly image: SeedImage }> {
  const { balancer, ledger } = maker;
  const [mark, text] = [maker.mark(), "first"];
  const body = { body: commentText(mark, text) };
  const author = image.owner;
  const path = `/v1/images/${image.id}/comments`;
  const { id } = await succeed(balancer, post(path, body, author.token));
  ledger.write(commentKey(mark), text).acknowledge(FIRST);
  return { id, mark, author, image };
}

/** One session is ended here: it can be ended again when no other session is left. */
async function makeSessions(balancer: LoadBalancer, seedData: SeedData): Promise<void> {
  for (let made = 0; made <= SPARE_SESSIONS; made++) {
    const { handle: login, password } = seedData.random.pick(seedData.people);
    const session = await succeed(balancer, post("/v1/sessions", { login, password }));
    const key = `session ${seedData.mark()}`;
    seedData.ledger.write(key, "open").acknowledge(FIRST);
    addSession(seedData, key, session);
  }
  const ended = seedData.sessions.shift();
  if (ended === undefined) throw new Error("no session was made");
  const path = "/v1/sessions/current";
  await succeed(balancer, { method: "DELETE", path, token: ended.token, expected: [204] });
  seedData.ledger.write(ended.key, null).acknowledge(FIRST);
  seedData.endedSessions.push(ended);
}

async function untilRendered(balancer: LoadBalancer, images: readonly SeedImage[]): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (const { id } of images) {
    const call = { method: "GET", path: `/v1/images/${id}`, expected: [200] };
    while ((await succeed(balancer, call)).state !== "ready") {
      if (performance.now() > deadline) throw new Error(`image ${id} does not become ready`);
      await delay(READY_POLL_MS);
    }
  }
}

function post(path: string, body: object, token?: string) {
  return { method: "POST", path, body, token, expected: [201] };
}
