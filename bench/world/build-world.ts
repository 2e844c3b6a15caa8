import { mkdir, rm, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { blobPath } from "#baseline/store/blobs.ts";
import { DATABASE, startPostgres } from "#processes/postgres-program.ts";
import { startStack } from "#processes/stack-program.ts";
import { fillBaseline } from "./fill-baseline.ts";
import { fillStack } from "./fill-stack.ts";
import { hashPassword, PASSWORD } from "./password.ts";
import { planWorld, type WorldPlan } from "./plan-world.ts";
import type { PictureSize, UploadedPicture } from "./uploaded-pictures.ts";
import { withDatabase } from "./with-database.ts";
import type { WorldFacts, WorldSize } from "./world.ts";
import { type WorldFolder, worldFolderAt } from "./world-folder.ts";

/** What is built. */
export interface BuildOptions {
  readonly size: WorldSize;
  readonly seed: number;
  readonly pictures: PictureSize;
  readonly report: (line: string) => void;
}

const HOT_IMAGES = 20;
const DEEP_COMMENTS_MIN = 1_050;

/**
 * Builds a world in a folder: Triptych's data folder, the baseline's Postgres, and the facts. Few
 * bytes go through the front door; the rows are written into the databases directly.
 */
export async function buildWorld(folder: string, options: BuildOptions): Promise<void> {
  const { size, seed, report } = options;
  const paths = worldFolderAt(folder);
  await mkdir(folder, { recursive: true });
  const plan = planWorld(size, seed);
  const passwordHash = await hashPassword();
  report("starting Triptych");
  const stack = await startStack({ data: paths.triptych, monolith: true });
  let pictures: readonly UploadedPicture[];
  let sampleBody: string;
  try {
    pictures = await fillStack(stack, { plan, paths, passwordHash, ...options });
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
