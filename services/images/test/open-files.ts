import { readdir, readlink } from "node:fs/promises";

/**
 * Names the files that this process has open whose paths begin so, also those that have been
 * removed. Only Linux tells.
 */
export async function openFiles(beginning: string): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd");
  const paths = await Promise.all(
    descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")),
  );
  return paths.filter((path) => path.startsWith(beginning));
}
