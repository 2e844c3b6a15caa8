import { readdir, readlink } from "node:fs/promises";

/**
 * Lists the open files of this process whose paths have this prefix, removed files included. Works
 * on Linux only.
 */
export async function openFiles(beginning: string): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd");
  const paths = await Promise.all(
    descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")),
  );
  return paths.filter((path) => path.startsWith(beginning));
}
