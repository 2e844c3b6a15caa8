import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { groupOf } from "./process-groups.ts";

const MICROS_PER_TICK =
  1_000_000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** CPU time of processes in microseconds, by the part that they are. */
export type CpuTimes = Readonly<Record<string, number>>;

/** The CPU time of process trees, and of the whole machine, up to now. */
export interface CpuReading {
  readonly groups: CpuTimes;
  /** All cores, everything that ran, and what the host of a virtual machine took away. */
  readonly machineMicros: number;
}

interface Process {
  readonly parent: number;
  readonly micros: number;
}

/**
 * Reads the CPU time (utime and stime, with ended children) of the trees below `roots`, and of the
 * machine, from /proc.
 */
export function readCpu(roots: readonly number[]): CpuReading {
  const machineMicros = machineTime(readFileSync("/proc/stat", "utf8"));
  const groups: Record<string, number> = {};
  for (const [pid, { micros }] of treesOf(roots, allProcesses())) {
    const group = groupOf(commandLine(pid));
    groups[group] = (groups[group] ?? 0) + micros;
  }
  return { groups, machineMicros };
}

/** Returns what has run between two readings. */
export function cpuBetween(before: CpuReading, after: CpuReading): CpuReading {
  const groups = Object.fromEntries(
    Object.entries(after.groups).map(([group, micros]) => [
      group,
      Math.max(0, micros - (before.groups[group] ?? 0)),
    ]),
  );
  return { groups, machineMicros: after.machineMicros - before.machineMicros };
}

/** Returns the sum over all groups. */
export function sumOf(times: CpuTimes): number {
  return Object.values(times).reduce((sum, micros) => sum + micros, 0);
}

/** Reads the busy time of all cores from the text of /proc/stat. */
export function machineTime(stat: string): number {
  const [, ...fields] = stat.slice(0, stat.indexOf("\n")).split(/\s+/);
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] =
    fields.map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) * MICROS_PER_TICK;
}

/** Reads the parent and the CPU time from the text of /proc/PID/stat. */
export function parseStat(stat: string): Process {
  // The name of a program may contain blanks and brackets. The fields follow its last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return { parent: Number(fields[1]), micros: ticks * MICROS_PER_TICK };
}

function allProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readOrNothing(`/proc/${entry}/stat`);
    if (stat !== "") processes.set(Number(entry), parseStat(stat));
  }
  return processes;
}

function treesOf(roots: readonly number[], all: Map<number, Process>): Map<number, Process> {
  const children = Map.groupBy(all.keys(), (pid) => all.get(pid)?.parent);
  const found = new Map<number, Process>();
  const visit = (pid: number) => {
    const process = all.get(pid);
    if (process === undefined || found.has(pid)) return;
    found.set(pid, process);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  for (const root of roots) visit(root);
  return found;
}

function commandLine(pid: number): string {
  return readOrNothing(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process has ended since its folder was listed
  }
}
