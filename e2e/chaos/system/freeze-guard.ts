import { spawn } from "node:child_process";

/**
 * Reads lines of process ids. When its input ends, it wakes the processes of the last line, so that
 * they notice the suite's end.
 */
const SCRIPT = `
while read -r pids; do frozen=$pids; done
[ -n "$frozen" ] && kill -CONT $frozen 2>/dev/null
exit 0
`;

/**
 * A shell that outlives this process. If the suite is killed, its frozen processes would stay
 * frozen and not notice the end of their parent.
 */
export interface FreezeGuard {
  /** Records the processes that are frozen now. */
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
  shell.on("error", () => {}); // there is no shell: a killed suite leaves more behind
  shell.stdin.on("error", () => {}); // somebody has ended the shell
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
