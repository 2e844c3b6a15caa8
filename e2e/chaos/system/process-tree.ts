import { readdir, readFile } from "node:fs/promises";

/** A process may fork while its tree is read. The tree is then read again, at most this often. */
const ROUNDS_MAX = 10;

/**
 * Sends a signal to a process and all its descendants, including those that are created meanwhile.
 * Returns the ids that it reached.
 */
export async function signalTree(root: number, signal: NodeJS.Signals): Promise<readonly number[]> {
  const reached = new Set<number>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const missed = [root, ...(await descendantsOf(root))].filter((pid) => !reached.has(pid));
    if (missed.length === 0) break;
    for (const pid of missed) {
      reached.add(pid);
      send(pid, signal);
    }
  }
  return [...reached];
}

/** Sends a signal to a process, unless it has ended. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** Reads /proc, because each of Postgres' processes leads a process group of its own. */
async function descendantsOf(root: number): Promise<readonly number[]> {
  const names = await readdir("/proc");
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(
    await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)),
  );
  const found: number[] = [];
  for (let generation = [root]; generation.length > 0; ) {
    generation = pids.filter((pid) => generation.includes(parents.get(pid) ?? 0));
    found.push(...generation);
  }
  return found;
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""); // it has ended
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}
