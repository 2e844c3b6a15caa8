import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";

const run = promisify(execFile);
const POLL_MS = 20;
/** A fast shutdown ends every session and writes a checkpoint. */
const FAST_SHUTDOWN_MS_MAX = 15_000;
/** Postgres itself gives its children 5 s, then kills them. */
const IMMEDIATE_SHUTDOWN_MS_MAX = 8_000;
/** The lines of postmaster.pid, as Postgres' own pg_ctl reads them. */
const PID_LINE = 0;
const STATUS_LINE = 7;

/** The content of postmaster.pid in Postgres' data folder. */
interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** Reads postmaster.pid. Returns undefined if there is none, or if it is half written. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[PID_LINE]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, ready: lines[STATUS_LINE]?.trim() === "ready" };
}

/**
 * Clears what an earlier start left. It ends a server that still runs on this data folder because
 * its supervisor was killed, and removes a pid file whose id now belongs to another process. Throws
 * PostgresCannotStart if the server's supervisor is alive: two supervisors would end each other's
 * server.
 */
export async function clearEarlierServer(cluster: string, supervisorFile: string): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (file === undefined) return;
  if (!(await isServerOf(file.pid, cluster))) {
    // Postgres itself replaces the file of a dead process, once no orphan of that process holds the
    // data. If the id belongs to a living process, it refuses to start.
    if (isTaken(file.pid)) await rm(join(cluster, "postmaster.pid"), { force: true });
    return;
  }
  const supervisor = Number(await readFile(supervisorFile, "utf8").catch(() => "0"));
  if (supervisor > 0 && (await parentOf(file.pid)) === supervisor) {
    throw new PostgresCannotStart(
      `The data folder ${cluster} is in use by process ${supervisor}: stop that stack first, or choose another folder.`,
    );
  }
  await stopServer(file.pid);
}

/**
 * Ends a server cleanly: first its sessions, then the server. Returns when the process has ended.
 */
export async function stopServer(pid: number): Promise<void> {
  if (await signalAndWait(pid, "SIGINT", FAST_SHUTDOWN_MS_MAX)) return;
  if (await signalAndWait(pid, "SIGQUIT", IMMEDIATE_SHUTDOWN_MS_MAX)) return;
  throw new Error(`Postgres (process ${pid}) did not end after SIGINT and SIGQUIT`);
}

/**
 * Whether a process with that id exists. Also true for a zombie, which has ended but which its
 * parent has not awaited.
 */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isRunning(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return isTaken(pid);
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return status !== "" && !/^State:\s*Z/m.test(status);
}

async function signalAndWait(pid: number, signal: NodeJS.Signals, ms: number): Promise<boolean> {
  if (!(await isRunning(pid))) return true;
  process.kill(pid, signal);
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    if (!(await isRunning(pid))) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** Compares the command line, because the system may have given the id to another process. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  const command =
    process.platform === "linux"
      ? (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")
      : await ps(pid, "command=");
  return command.includes("/postgres -D ") && command.includes(` ${cluster} `);
}

async function parentOf(pid: number): Promise<number> {
  if (process.platform !== "linux") return Number(await ps(pid, "ppid="));
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}

async function ps(pid: number, column: string): Promise<string> {
  const { stdout } = await run("ps", ["-ww", "-o", column, "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return `${stdout.trim()} `;
}
