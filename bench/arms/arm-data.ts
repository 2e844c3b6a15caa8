import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type AccessTokens, createAccessTokens } from "#baseline/http/access-tokens.ts";
import { BENCH_DATA_FOLDER } from "#processes/repository.ts";
import type { World } from "#world/world.ts";
import { copyFolder, worldFolderAt } from "#world/world-folder.ts";

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
  const copy = join(BENCH_DATA_FOLDER, "arms", randomUUID());
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
