import { randomUUID } from "node:crypto";
import { type FileHandle, mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The prefix of all names here, in the system's folder for temporary files. */
const PREFIX = "triptych-blob-";

/** Opens a file without a name. It is gone once it is closed, also if its process is killed. */
export async function openScratchFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `${PREFIX}${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await rm(path);
  return file;
}

/** Provides the path of a file that does not exist yet, and removes it afterwards. */
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

/** Removes what killed processes left, if it is at least this old. Returns how many. */
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
