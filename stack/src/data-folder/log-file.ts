import { copyFile, open, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";

/** The size at which a log is rotated. The rotated log replaces the one before. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;

/** Returns the path of a process's log. */
export function logPath(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

/**
 * Opens a log for appending, and lends its descriptor to `use`, which passes it to a process.
 * Without a log, since the disk is full, the process runs all the same: `use` gets "ignore" then.
 */
export async function withLog<Result>(
  path: string,
  use: (log: number | "ignore") => Promise<Result>,
): Promise<Result> {
  await rotate(path).catch(() => {}); // the next minute tries again
  const file = await open(path, "a", 0o600).catch(() => undefined);
  try {
    return await use(file?.fd ?? "ignore");
  } finally {
    await file?.close();
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
  const old = `${path}.old`;
  await copyFile(path, old).catch(async (error) => {
    await rm(old, { force: true }); // half of a copy
    throw error;
  });
  await truncate(path);
}
