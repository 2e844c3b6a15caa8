import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** A Node program to start. */
export interface Program {
  /** What error messages call it. */
  readonly name: string;
  /** The path of its main file, and its arguments. */
  readonly command: readonly string[];
  /** Its environment, besides the few variables of the terminal that every program gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The cores that it may use, as `taskset --cpu-list` takes them; all if not given. */
  readonly cpus?: string | undefined;
}

/** A program that runs. */
export interface RunningProgram {
  readonly pid: number;
  /**
   * Polls until the value is there. Rejects with what the program printed if it ends before, or if
   * it takes longer than two minutes.
   */
  until<Value>(read: () => Promise<Value | undefined>): Promise<Value>;
  /** Sends SIGINT, as Ctrl-C does, and waits for the end. May be called twice. */
  stop(): Promise<void>;
}

const START_MS_MAX = 120_000;
/** A stack needs 17 s for a part that hangs, and then ends Postgres. */
const STOP_MS_MAX = 60_000;
const POLL_MS = 20;
const PRINTED_CHARACTERS_MAX = 20_000;
const PASSED_ON = ["PATH", "HOME", "USER", "LANG", "TMPDIR"] as const;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGINT"); // whoever fails leaves no process behind
});

/** Starts a program with the Node of this process. */
export function startProgram(program: Program): RunningProgram {
  const { name, command, environment, cpus } = program;
  const node = [process.execPath, ...command];
  const [file = "", ...rest] = cpus === undefined ? node : ["taskset", "-c", cpus, ...node];
  const child = spawn(file, rest, {
    env: { ...passedOn(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const ended = once(child, "exit").finally(() => running.delete(child));
  ended.catch(() => {}); // a program that could not be spawned; until() reports it
  let printed = "";
  const remember = (chunk: unknown) => {
    printed = (printed + String(chunk)).slice(-PRINTED_CHARACTERS_MAX);
  };
  child.stdout.on("data", remember);
  child.stderr.on("data", remember);
  child.on("error", remember);
  const hasEnded = () =>
    child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

  return {
    pid: child.pid ?? 0,
    async until(read) {
      const deadline = performance.now() + START_MS_MAX;
      while (!hasEnded() && performance.now() < deadline) {
        const value = await read();
        if (value !== undefined) return value;
        await delay(POLL_MS);
      }
      throw new Error(`${name} did not become ready:\n${printed}`);
    },
    async stop() {
      if (hasEnded()) return;
      child.kill("SIGINT");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A proxy, PGHOST or NODE_OPTIONS of the terminal would change what is measured. */
function passedOn(): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.map((name) => [name, process.env[name]]).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
