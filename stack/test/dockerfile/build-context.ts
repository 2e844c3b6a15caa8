import { cp, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";
import { readDockerIgnore } from "./docker-ignore.ts";

/**
 * Copies a file, or the files of a folder, from this repository to a path. Leaves out the paths
 * that `.dockerignore` names.
 */
export async function copyFromContext(source: string, target: string): Promise<void> {
  const isLeftOut = readDockerIgnore(
    await readFile(join(REPOSITORY_FOLDER, ".dockerignore"), "utf8"),
  );
  const path = join(REPOSITORY_FOLDER, source);
  if ((await stat(path)).isFile()) {
    if (isLeftOut(source)) throw new Error(`.dockerignore leaves ${source} out`);
    await cp(path, target);
    return;
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((one) => join(one.parentPath, one.name));
  const names = files.map((file) => file.slice(path.length + 1));
  for (const name of names.filter((one) => !isLeftOut(join(source, one)))) {
    await cp(join(path, name), join(target, name));
  }
}
