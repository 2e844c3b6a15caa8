import type { PartStatus } from "#parts/part-status.ts";
import { formatTable } from "./format-table.ts";

const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** Formats the table of `stack status`. */
export function formatStatus(parts: readonly PartStatus[], now: Date): string {
  const rows = parts.map(({ name, state, pid, address, since, restarts }) => [
    name,
    state,
    pid === undefined ? "-" : String(pid),
    address ?? "-",
    formatAge(now.getTime() - Date.parse(since)),
    String(restarts),
  ]);
  return formatTable([["NAME", "STATE", "PID", "ADDRESS", "SINCE", "RESTARTS"], ...rows]);
}

function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min`;
  if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h`;
  return `${Math.floor(seconds / DAY_S)} d`;
}
