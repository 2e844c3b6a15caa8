import { spawn } from "node:child_process";

/**
 * Reads lines of the form `POSTGRES PID…` until its input ends. If that was the supervisor's death,
 * the last line still names processes: frozen ones are woken, so that they see the end of their
 * channel and drain, and Postgres is asked to end once its last client has gone, and told to after
 * ten seconds.
 */
const SCRIPT = `
while read -r postgres pids; do last=$postgres; children=$pids; done
[ -n "$children" ] && kill -CONT $children 2>/dev/null
[ -n "$last" ] && [ "$last" != 0 ] || exit 0
kill -TERM "$last" 2>/dev/null
seconds=0
while kill -0 "$last" 2>/dev/null && [ $seconds -lt 30 ]; do
  sleep 1
  seconds=$((seconds + 1))
  [ $seconds -eq 10 ] && kill -INT "$last" 2>/dev/null
done
exit 0
`;

/**
 * A shell of about 1 MB that outlives the supervisor, and ends what cannot notice by itself that
 * the supervisor is gone.
 */
export interface Reaper {
  /** Says what runs now. */
  watch(postgres: number, children: readonly number[]): void;
  /** Nothing is left to guard. */
  dismiss(): void;
}

/**
 * Starts the guard. A stack without one works as well, and only leaves more behind if its
 * supervisor is killed.
 */
export function startReaper(): Reaper {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {}); // there is no shell
  shell.stdin.on("error", () => {}); // somebody has ended it
  shell.unref();
  return {
    watch: (postgres, children) => {
      shell.stdin.write(`${postgres} ${children.join(" ")}\n`);
    },
    dismiss: () => {
      shell.stdin.end("0\n");
    },
  };
}
