import { dirname, matchesGlob } from "node:path";

interface Rule {
  readonly pattern: string;
  /** Whether the rule keeps the paths that it names, although an earlier rule leaves them out. */
  readonly includes: boolean;
}

/**
 * Returns whether a `.dockerignore` leaves a path out, as the strictest of the builders reads it:
 * both of Docker 20.10 enter a folder that is left out only for a pattern whose text begins with
 * that folder's path. A wildcard below such a folder includes nothing.
 */
export function readDockerIgnore(text: string): (path: string) => boolean {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const rules = lines.map((line): Rule => {
    return { pattern: line.replace(/^!/, ""), includes: line.startsWith("!") };
  });
  return (path) =>
    isExcluded(path, rules) ||
    foldersAbove(path).some((folder) => isExcluded(folder, rules) && !isEntered(folder, rules));
}

/** The last rule that names the path, or a folder above it, decides. */
function isExcluded(path: string, rules: readonly Rule[]): boolean {
  const names = [path, ...foldersAbove(path)];
  const last = rules.findLast(({ pattern }) => names.some((name) => matches(name, pattern)));
  return last !== undefined && !last.includes;
}

/** Docker's wildcards match a leading dot, and those of Node do not. */
function matches(path: string, pattern: string): boolean {
  const [visible = "", visiblePattern = ""] = [path, pattern].map((text) =>
    text.replaceAll(/(?<=^|\/)\./g, "%."),
  );
  return matchesGlob(visible, visiblePattern);
}

function isEntered(folder: string, rules: readonly Rule[]): boolean {
  return rules.some(({ pattern, includes }) => includes && `${pattern}/`.startsWith(`${folder}/`));
}

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.push(folder);
  return folders;
}
