import { copyFile, open, stat, truncate } from "node:fs/promises";
import { join } from "node:path";

/** The size at which a log is rotated. The rotated log replaces the one before. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;

/** Returns the path of a process's log. */
export function logPath(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

/** Opens a log for appending, and lends its descriptor to `use`, which passes it to a process. */
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
 * Rotates logs that processes are writing, so that they do not fill the disk. Returns a function
 * that ends this.
 */
export function watchLogs(paths: readonly string[]): () => void {
  const timer = setInterval(() => {
    // The disk is full: the next minute tries again.
    for (const path of paths) rotate(path).catch(() => {});
  }, CHECK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/**
 * Copies and truncates, because the processes hold the file open for appending and would follow a
 * renamed one.
 */
async function rotate(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined || file.size <= LOG_BYTES_MAX) return;
  await copyFile(path, `${path}.old`);
  await truncate(path);
}
