import { readFile, rename, writeFile } from "node:fs/promises";
import type { Topology } from "#parts/topology.ts";

/** A process of the stack, as the stack file records it. */
export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
}

/**
 * The content of `stack.json` in the data folder: the state of the running stack. Only its owner
 * may read the file, because of the token.
 */
export interface StackRecord {
  /** The supervisor's process id. */
  readonly pid: number;
  readonly state: "starting" | "ready" | "stopping";
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

/** Reads the file. Returns undefined if there is no file, or if it holds something else. */
export async function readStackFile(path: string): Promise<StackRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const record: unknown = JSON.parse(text);
    return isStackRecord(record) ? record : undefined;
  } catch {
    return undefined; // not JSON: no supervisor wrote it
  }
}

/** Replaces the file atomically: a reader sees the old content or the new one. */
export async function writeStackFile(path: string, record: StackRecord): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}

function isStackRecord(value: unknown): value is StackRecord {
  if (typeof value !== "object" || value === null) return false;
  if (!("pid" in value && "control" in value && "processes" in value)) return false;
  const { control } = value;
  return (
    Number.isSafeInteger(value.pid) &&
    Array.isArray(value.processes) &&
    typeof control === "object" &&
    control !== null &&
    "port" in control &&
    "token" in control
  );
}
