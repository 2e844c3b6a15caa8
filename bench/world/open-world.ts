import { createHash, randomUUID } from "node:crypto";
import { globSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BENCH_DATA_FOLDER, REPOSITORY_FOLDER } from "#processes/repository.ts";
import { buildWorld } from "./build-world.ts";
import { PICTURES_DEFAULT, type PictureSize } from "./uploaded-pictures.ts";
import type { World, WorldFacts, WorldSize } from "./world.ts";
import { worldFolderAt } from "./world-folder.ts";

/** What a world is made of. */
export interface WorldOptions {
  readonly size: WorldSize;
  /** 1 if not given. */
  readonly seed?: number;
  /** {@link PICTURES_DEFAULT} if not given. */
  readonly pictures?: PictureSize;
  /** Receives a line for each step of a build. */
  readonly report?: (line: string) => void;
}

/** What a world depends on: the tables, and the code that fills them. */
const SOURCES = ["services/*/migrations/*.sql", "bench/baseline/schema.sql", "bench/world/*.ts"];
const KEY_DIGITS = 12;

/**
 * Opens a world, and builds it if there is none of this size, seed and schema. The default takes a
 * minute to build.
 */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { size, seed = 1, pictures = PICTURES_DEFAULT, report = () => {} } = options;
  const name = `${size.images}-${size.comments}-${size.users}`;
  const key = await keyOf({ size, seed, pictures });
  const folder = join(BENCH_DATA_FOLDER, "worlds", `${name}-${key}`);
  const known = await readFacts(folder);
  if (known !== undefined) return { ...known, folder };
  const unfinished = `${folder}.${randomUUID()}`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    await buildWorld(unfinished, { size, seed, pictures, report });
    await rename(unfinished, folder).catch(() => {}); // another run may have built it meanwhile
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const built = await readFacts(folder);
  if (built === undefined) throw new Error(`${folder} has no facts`);
  return { ...built, folder };
}

async function keyOf(options: Pick<WorldOptions, "size" | "seed" | "pictures">): Promise<string> {
  const sha256 = createHash("sha256").update(JSON.stringify(options));
  for (const path of globSync(SOURCES, { cwd: REPOSITORY_FOLDER }).sort()) {
    if (!path.endsWith(".test.ts")) sha256.update(await readFile(join(REPOSITORY_FOLDER, path)));
  }
  return sha256.digest("hex").slice(0, KEY_DIGITS);
}

async function readFacts(folder: string): Promise<WorldFacts | undefined> {
  const text = await readFile(worldFolderAt(folder).facts, "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
