import { readFile, rename, writeFile } from "node:fs/promises";
import { TOPOLOGIES, type Topology } from "#parts/topology.ts";

/** A process of the stack, as the stack file records it. */
export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
}

/** The states of a stack. */
const STATES = ["starting", "ready", "stopping"] as const;
const PORT_MAX = 65_535;

/**
 * The content of `stack.json` in the data folder: the state of the running stack. Only its owner
 * may read the file, because of the token.
 */
export interface StackRecord {
  /** The supervisor's process id. */
  readonly pid: number;
  readonly state: (typeof STATES)[number];
  readonly topology: Topology;
  /** The gateway's URL; null until everything is ready for the first time. */
  readonly url: string | null;
  /**
   * The supervisor's control port on 127.0.0.1, and the token that proves that a client may read
   * this file.
   */
  readonly control: { readonly port: number; readonly token: string };
  readonly processes: readonly RecordedProcess[];
}

/**
 * Reads the file. Returns undefined if there is no file, or if it holds something else. Throws if
 * it cannot be read: a stack may be running then.
 */
export async function readStackFile(path: string): Promise<StackRecord | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return "";
  });
  try {
    const record: unknown = JSON.parse(text);
    return isStackRecord(record) ? record : undefined;
  } catch {
    return undefined; // not JSON, or cut: no supervisor wrote it
  }
}

/** Replaces the file atomically: a reader sees the old content or the new one. */
export async function writeStackFile(path: string, record: StackRecord): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}

/** Signals are sent to these ids, and requests to this port: each member is checked. */
function isStackRecord(value: unknown): value is StackRecord {
  if (!isRecord(value)) return false;
  const { pid, state, topology, url, control, processes } = value;
  return (
    isPid(pid) &&
    STATES.some((one) => one === state) &&
    TOPOLOGIES.some((one) => one === topology) &&
    (url === null || typeof url === "string") &&
    isRecord(control) &&
    isPort(control.port) &&
    typeof control.token === "string" &&
    Array.isArray(processes) &&
    processes.every((one) => isRecord(one) && typeof one.name === "string" && isPid(one.pid))
  );
}

/** The id of one process: 0 and negative numbers stand for several. */
function isPid(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isPort(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= PORT_MAX;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
