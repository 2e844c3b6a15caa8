import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { hash } from "@node-rs/argon2";
import pg from "pg";
import { createAccessTokens } from "#baseline/http/access-tokens.ts";
import { blobPath } from "#baseline/store/blobs.ts";
import { DATABASE, startPostgres } from "#processes/postgres-program.ts";
import { type RunningStack, startStack, superuserUrl } from "#processes/stack-program.ts";
import { fillBaseline } from "./fill-baseline.ts";
import { fillComments, fillImages } from "./fill-triptych.ts";
import { insertRows } from "./insert-rows.ts";
import { planWorld, type WorldPlan } from "./plan-world.ts";
import {
  drawPicture,
  type PictureSize,
  readPictures,
  type UploadedPicture,
  uploadPicture,
} from "./uploaded-pictures.ts";
import type { WorldFacts, WorldSize } from "./world.ts";
import { type WorldFolder, worldFolderAt } from "./world-folder.ts";
import { sessionRows, userRows } from "./world-rows.ts";

/** What is built. */
export interface BuildOptions {
  readonly size: WorldSize;
  readonly seed: number;
  readonly pictures: PictureSize;
  readonly report: (line: string) => void;
}

/** Triptych's parameters of argon2id, so that no sign-in hashes the password again. */
const ARGON2 = {
  algorithm: 2,
  version: 1,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const;
const PASSWORD = "a bench of seven planks";
const HOT_IMAGES = 20;
const DEEP_COMMENTS_MIN = 1_050;
const TOKEN_SECONDS = 3_600;

/**
 * Builds a world in a folder: Triptych's data folder, the baseline's Postgres, and the facts. Few
 * bytes go through the front door; the rows are written into the databases directly.
 */
export async function buildWorld(folder: string, options: BuildOptions): Promise<void> {
  const { size, seed, report } = options;
  const paths = worldFolderAt(folder);
  await mkdir(folder, { recursive: true });
  const plan = planWorld(size, seed);
  const passwordHash = await hash(PASSWORD, ARGON2);
  report("starting Triptych");
  const stack = await startStack({ data: paths.triptych, monolith: true });
  let pictures: readonly UploadedPicture[];
  let sampleBody: string;
  try {
    pictures = await fillTriptych(stack, { plan, paths, passwordHash, ...options });
    sampleBody = await readSample(stack.url, plan);
  } finally {
    await stack.program.stop();
  }
  await rm(paths.triptychLogs, { recursive: true, force: true });
  report("filling the baseline");
  const postgres = await startPostgres(paths.baseline);
  try {
    await withDatabase(paths.baseline, DATABASE, async (client) => {
      await client.query(`set role ${DATABASE}`);
      await fillBaseline(client, { plan, pictures, passwordHash });
    });
  } finally {
    await postgres.program.stop();
  }
  const facts = factsOf(plan, { size, pictures, paths, sampleBody });
  await writeFile(paths.facts, JSON.stringify(facts));
}

interface TriptychOptions extends BuildOptions {
  readonly plan: WorldPlan;
  readonly paths: WorldFolder;
  readonly passwordHash: string;
}

async function fillTriptych(
  stack: RunningStack,
  { plan, paths, passwordHash, pictures, report }: TriptychOptions,
): Promise<readonly UploadedPicture[]> {
  const folder = paths.triptychPostgres;
  await withDatabase(folder, "users", async (client) => {
    await insertRows(client, "users", userRows(plan, passwordHash));
    await insertRows(client, "sessions", sessionRows(plan));
  });
  report("uploading pictures");
  const token = await firstToken(plan, paths);
  for (let index = 0; index < pictures.count; index++) {
    await uploadPicture(stack.url, token, await drawPicture(pictures, index));
  }
  const uploaded = await withDatabase(folder, "images", async (client) => {
    const rendered = await stack.program.until(async () => {
      const ready = await readPictures(client);
      return ready.length === pictures.count ? ready : undefined;
    });
    report("filling images");
    await fillImages(client, plan, rendered);
    return rendered;
  });
  report("filling comments");
  await withDatabase(folder, "comments", (client) => fillComments(client, plan));
  return uploaded;
}

async function firstToken({ users }: WorldPlan, { signingKey }: WorldFolder): Promise<string> {
  const tokens = createAccessTokens(JSON.parse(await readFile(signingKey, "utf8")));
  const { id: userId = "", sessionId = "" } = users[0] ?? {};
  return await tokens.sign({ userId, sessionId }, TOKEN_SECONDS);
}

/**
 * Runs on a database as the superuser, and leaves it vacuumed, analysed and on disk. Foreign keys
 * are not checked: the rows of a plan agree, and the checks take longer than the rows.
 */
async function withDatabase<Result>(
  folder: string,
  name: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: await superuserUrl(folder, name) });
  await client.connect();
  try {
    await client.query("set session_replication_role = replica");
    const result = await use(client);
    await client.query("reset role");
    await client.query("vacuum analyze");
    await client.query("checkpoint");
    return result;
  } finally {
    await client.end();
  }
}

async function readSample(url: string, { images }: WorldPlan): Promise<string> {
  const response = await fetch(`${url}/v1/images/${images[0]?.id}`);
  if (response.status !== 200) throw new Error(`there is no image: ${await response.text()}`);
  return await response.text();
}

interface BuiltWorld {
  readonly size: WorldSize;
  readonly pictures: readonly UploadedPicture[];
  readonly paths: WorldFolder;
  readonly sampleBody: string;
}

function factsOf(
  { users, images, comments }: WorldPlan,
  { size, pictures, paths, sampleBody }: BuiltWorld,
): WorldFacts {
  const imageIds = images.map(({ id }) => id);
  const topLevel = new Array<number>(images.length).fill(0);
  for (const { image, parentId } of comments) {
    if (parentId === undefined) topLevel[image] = (topLevel[image] ?? 0) + 1;
  }
  const thumb = pictures[0]?.variants.find(({ name }) => name === "thumb");
  return {
    size,
    imageIds,
    hotImageIds: imageIds.slice(0, HOT_IMAGES),
    commentImageIds: imageIds.filter((_, index) => (topLevel[index] ?? 0) >= DEEP_COMMENTS_MIN),
    imageIdsWithBytes: pictures.map(({ id }) => id),
    userIds: users.map(({ id }) => id),
    sessionIds: users.map(({ sessionId }) => sessionId),
    credentials: users.map(({ handle }) => ({ login: handle, password: PASSWORD })),
    sampleBody,
    sampleThumb: relative(paths.blobs, blobPath(paths.blobs, thumb?.hash ?? "")),
  };
}
