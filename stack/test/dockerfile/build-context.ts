import { cp, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, matchesGlob } from "node:path";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

interface Rule {
  readonly pattern: string;
  /** Whether the rule keeps the paths that it names, although an earlier rule leaves them out. */
  readonly includes: boolean;
}

/**
 * Copies a file, or the files of a folder, from this repository to a path. Leaves out the paths
 * that `.dockerignore` names.
 */
export async function copyFromContext(source: string, target: string): Promise<void> {
  const rules = await readRules();
  const path = join(REPOSITORY_FOLDER, source);
  if ((await stat(path)).isFile()) {
    if (isLeftOut(source, rules)) throw new Error(`.dockerignore leaves ${source} out`);
    await cp(path, target);
    return;
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((one) => join(one.parentPath, one.name));
  const names = files.map((file) => file.slice(path.length + 1));
  for (const name of names.filter((one) => !isLeftOut(join(source, one), rules))) {
    await cp(join(path, name), join(target, name));
  }
}

async function readRules(): Promise<readonly Rule[]> {
  const text = await readFile(join(REPOSITORY_FOLDER, ".dockerignore"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => ({ pattern: line.replace(/^!/, ""), includes: line.startsWith("!") }));
}

/** The last rule that names the path, or a folder above it, decides. */
function isLeftOut(path: string, rules: readonly Rule[]): boolean {
  const names = [path];
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) names.push(folder);
  const last = rules.findLast(({ pattern }) => names.some((name) => matchesGlob(name, pattern)));
  return last !== undefined && !last.includes;
}
