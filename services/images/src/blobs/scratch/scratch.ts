import { randomUUID } from "node:crypto";
import { type FileHandle, mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Begins the name of everything that is made here, in the system's folder for such files. */
const PREFIX = "triptych-blob-";

/** Opens a file that has no name: it is gone once it is closed, also if its process is killed. */
export async function openScratchFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `${PREFIX}${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  return file;
}

/** Lends the path of a file that is not there yet; whatever is there in the end is removed. */
export async function withScratchPath<Result>(
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    return await use(join(folder, "blob"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what killed processes left, if it is at least so old. Says how many. */
export async function removeScratch(ageMsMin: number): Promise<number> {
  let removed = 0;
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => undefined); // its owner has just removed it
    if (found === undefined || Date.now() - found.mtimeMs < ageMsMin) continue;
    await rm(path, { recursive: true, force: true });
    removed++;
  }
  return removed;
}
