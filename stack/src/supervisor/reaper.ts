import { spawn } from "node:child_process";

/**
 * Reads lines of the form `POSTGRES PID…` until its input ends. If the supervisor was killed, the
 * last line still names processes. The script then wakes frozen processes, so that they see the end
 * of their channel and drain. It ends Postgres by a smart shutdown, which waits for the last
 * client, and after ten seconds by a fast one.
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
 * A reaper: a shell of about 1 MB that outlives the supervisor. It ends processes that cannot
 * notice the supervisor's end by themselves.
 */
export interface Reaper {
  /** Records the processes that run now. */
  watch(postgres: number, children: readonly number[]): void;
  /** Ends the reaper: no process is left. */
  dismiss(): void;
}

/**
 * Starts the reaper. A stack also works without one, but leaves more processes behind if its
 * supervisor is killed.
 */
export function startReaper(): Reaper {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {}); // there is no shell
  shell.stdin.on("error", () => {}); // somebody has ended the shell
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
