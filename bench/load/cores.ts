import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which cores the load and the system under test have, as `taskset --cpu-list` takes them. */
export interface Cores {
  readonly load?: string;
  readonly system?: string;
  /** Why nothing is pinned. */
  readonly unpinned?: string;
}

/** Gives the load the last core, and the system under test all others. */
export function shareCores(): Cores {
  const count = availableParallelism();
  if (count < 2) return { unpinned: "there is one core" };
  const { status } = spawnSync("taskset", ["--cpu-list", String(count - 1), "true"]);
  if (status !== 0) return { unpinned: "taskset cannot pin to the last core" };
  return { load: String(count - 1), system: count === 2 ? "0" : `0-${count - 2}` };
}
