import { spawn } from "node:child_process";

/**
 * Reads lines of process numbers; when its input ends, the processes of the last line are woken, so
 * that they notice what ended.
 */
const SCRIPT = `
while read -r pids; do frozen=$pids; done
[ -n "$frozen" ] && kill -CONT $frozen 2>/dev/null
exit 0
`;

/**
 * A shell that outlives this process: if it is killed, what it froze would stay so for ever, deaf
 * to the end of its parent.
 */
export interface FreezeGuard {
  /** Says which processes are frozen now. */
  watch(frozen: readonly number[]): void;
  /** Ends the guard. */
  dismiss(): void;
}

/** Starts the guard. */
export function startFreezeGuard(): FreezeGuard {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {}); // there is no shell: only who is killed leaves more behind
  shell.stdin.on("error", () => {}); // somebody has ended it
  shell.unref();
  return {
    watch: (frozen) => {
      shell.stdin.write(`${frozen.join(" ")}\n`);
    },
    dismiss: () => {
      shell.stdin.end("\n");
    },
  };
}
