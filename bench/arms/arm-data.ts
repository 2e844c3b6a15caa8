import { randomUUID } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type AccessTokens, createAccessTokens } from "#baseline/http/access-tokens.ts";
import { BENCH_DATA_FOLDER } from "#processes/repository.ts";
import type { World } from "#world/world.ts";
import { copyFolder, worldFolderAt } from "#world/world-folder.ts";

/** A folder for each copy, whose name begins with the process that made it. */
const COPIES_FOLDER = join(BENCH_DATA_FOLDER, "arms");
/** An hour: longer than a whole run. */
const TOKEN_SECONDS = 3_600;

/**
 * Copies a part of a world for one arm, so that what is written while it is measured is gone
 * afterwards. `use` starts the arm on the copy. If it fails, the copy is removed.
 */
export async function withCopy<Started>(
  from: string,
  use: (copy: string) => Promise<Started>,
): Promise<Started> {
  await removeAbandoned();
  const copy = join(COPIES_FOLDER, `${process.pid}-${randomUUID()}`);
  await copyFolder(from, copy);
  try {
    return await use(copy);
  } catch (error) {
    await removeCopy(copy);
    throw error;
  }
}

/** Removes the copy of an arm that has ended. */
export async function removeCopy(copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
}

/** Removes the copies of runs that were killed. */
async function removeAbandoned(): Promise<void> {
  const names = await readdir(COPIES_FOLDER).catch(() => []);
  const abandoned = names.filter((name) => !isRunning(Number.parseInt(name, 10)));
  await Promise.all(abandoned.map((name) => removeCopy(join(COPIES_FOLDER, name))));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // no signal: it only asks
    return true;
  } catch {
    return false;
  }
}

/** Returns the function that signs tokens for the users of a world, as signing in does. */
export function tokenSource(world: World): (count: number) => Promise<readonly string[]> {
  const { signingKey } = worldFolderAt(world.folder);
  let tokens: AccessTokens | undefined;
  return async function accessTokens(count) {
    tokens ??= createAccessTokens(JSON.parse(await readFile(signingKey, "utf8")));
    const { sign } = tokens;
    const users = world.userIds.slice(0, count);
    return await Promise.all(
      users.map((userId, index) =>
        sign({ userId, sessionId: world.sessionIds[index] ?? "" }, TOKEN_SECONDS),
      ),
    );
  };
}
