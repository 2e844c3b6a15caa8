import { copyFile, open, stat, truncate } from "node:fs/promises";
import { join } from "node:path";

/** A log that has grown beyond this is put aside, in place of the one that was put aside before. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;

/** The path of a process's log. */
export function logPath(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

/** Opens a log for appending and gives the descriptor to `use`, which hands it on to a process. */
export async function withLog<Result>(
  path: string,
  use: (descriptor: number) => Promise<Result>,
): Promise<Result> {
  await rotate(path);
  const file = await open(path, "a", 0o600);
  try {
    return await use(file.fd);
  } finally {
    await file.close();
  }
}

/**
 * Keeps logs from filling the disk while processes write into them. Returns what ends the watch.
 */
export function watchLogs(paths: readonly string[]): () => void {
  const timer = setInterval(() => {
    // the disk is full: the next minute tries again
    for (const path of paths) rotate(path).catch(() => {});
  }, CHECK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/**
 * Copies and empties, since the processes hold the file open for appending and would follow a
 * renamed one.
 */
async function rotate(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined || file.size <= LOG_BYTES_MAX) return;
  await copyFile(path, `${path}.old`);
  await truncate(path);
}
