import { setTimeout as delay } from "node:timers/promises";
import type { RecordedProcess } from "#control/stack-file.ts";
import { isProcess } from "#processes/process-identity.ts";

const POLL_MS = 50;
/** The time in which processes of a killed supervisor drain and end by themselves. */
const DRAIN_MS_MAX = 15_000;
/** A module in the command line of each process that the stack starts. */
const MARK = "stack/src/processes/supervised.ts";

/** Waits until the processes of a killed supervisor have ended. Kills those that hang. */
export async function endOrphans(processes: readonly RecordedProcess[]): Promise<void> {
  const deadline = performance.now() + DRAIN_MS_MAX;
  for (const { pid } of processes) {
    while (await isProcess(pid, MARK)) {
      const late = performance.now() > deadline;
      signal(pid, late ? "SIGKILL" : "SIGCONT"); // a frozen process notices nothing
      await delay(POLL_MS);
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
