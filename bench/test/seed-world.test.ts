import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningStack, startStack } from "#processes/stack-program.ts";
import { readList } from "#seed/client/expect-answer.ts";
import { FrontDoor } from "#seed/client/front-door.ts";
import { Stopped } from "#seed/client/stopped.ts";
import { readThread } from "#seed/fill/fill-threads.ts";
import { fillWorld } from "#seed/fill/fill-world.ts";
import { Progress } from "#seed/fill/progress.ts";
import { planSeedWorld } from "#seed/plan/plan-seed-world.ts";

const SIZE = { users: 3, images: 4, comments: 12, likes: 6 };
const NONE = { users: 0, images: 0, comments: 0, likes: 0 };
/** Worlds of small public pictures. */
const [TWICE, STOPPED] = [43, 186];
/** Starts a stack, and renders four pictures: also on a slow machine. */
const RUN_MS_MAX = 300_000;

let data: string;
let stack: RunningStack;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "triptych-seed-"));
  stack = await startStack({ data, monolith: true });
}, RUN_MS_MAX);

afterAll(async () => {
  await stack?.program.stop();
  await rm(data, { recursive: true, force: true });
}, RUN_MS_MAX);

/** Stops a run when it has created so many things of a step. */
class StoppingProgress extends Progress {
  readonly #step: string;
  readonly #stopping: AbortController;
  #isThere = false;
  #left = 2;

  constructor(step: string, stopping: AbortController) {
    super({ write: () => true });
    this.#step = step;
    this.#stopping = stopping;
  }

  override begin(name: string, total: number): void {
    this.#isThere = name === this.#step;
    super.begin(name, total);
  }

  override count(how: "created" | "found"): void {
    super.count(how);
    if (!this.#isThere || how === "found") return;
    this.#left -= 1;
    if (this.#left === 0) this.#stopping.abort();
  }
}

function runOf(seed: number, { stopIn = "nothing", places = 2 } = {}) {
  const stopping = new AbortController();
  return fillWorld({
    world: planSeedWorld(seed, SIZE),
    door: new FrontDoor(stack.url, stopping.signal),
    password: "a test of seven planks",
    places,
    stop: stopping.signal,
    progress: new StoppingProgress(stopIn, stopping),
  });
}

/** What everybody can see of a world: the texts, and not the ids. */
async function visibleWorld(seed: number) {
  const door = new FrontDoor(stack.url, new AbortController().signal);
  const people = planSeedWorld(seed, SIZE).people.map(async ({ handle }) => {
    const users = await readList(door, { path: `/v1/users?handle=${handle}`, items: "users" });
    const path = `/v1/images?owner=${users[0]?.id}`;
    const images = await readList(door, { path, items: "images" });
    return { users, images };
  });
  const all = await Promise.all(people);
  const images = all.flatMap((one) => one.images);
  const handles = all.flatMap(({ users }) => users.map(({ handle }) => handle));
  const pictures = images.map(({ title, width, height }) => ({ title, width, height }));
  const threads = images.map(({ id }) => readThread(door, `/v1/images/${id}/comments`));
  const bodies = (await Promise.all(threads)).flat().map(({ body }) => body);
  const likes = images.reduce((total, { likeCount }) => total + likeCount, 0);
  return { handles, pictures, bodies: bodies.sort(), likes };
}

/** The same of the plan. */
function plannedWorld(seed: number) {
  const { people, pictures, thread, likers } = planSeedWorld(seed, SIZE);
  const comments = pictures.flatMap((picture) => thread(picture));
  return {
    handles: people.map(({ handle }) => handle),
    bodies: comments.map(({ body }) => body).sort(),
    likes: pictures.flatMap((picture) => likers(picture)).length,
  };
}

test(
  "a second run creates nothing",
  async () => {
    expect(await runOf(TWICE)).toEqual(SIZE);
    const world = await visibleWorld(TWICE);
    expect(world).toMatchObject(plannedWorld(TWICE));
    expect(world.pictures).toHaveLength(SIZE.images);
    expect(await runOf(TWICE)).toEqual(NONE);
    expect(await visibleWorld(TWICE)).toEqual(world);
  },
  RUN_MS_MAX,
);

test(
  "a run that was stopped at any step is completed by the next",
  async () => {
    for (const stopIn of ["users", "images", "comments", "likes"]) {
      await expect(runOf(STOPPED, { stopIn, places: 1 })).rejects.toThrow(Stopped);
    }
    const { users, images } = await runOf(STOPPED);
    expect([users, images]).toEqual([0, 0]);
    expect(await visibleWorld(STOPPED)).toMatchObject(plannedWorld(STOPPED));
    expect(await runOf(STOPPED)).toEqual(NONE);
  },
  RUN_MS_MAX,
);
