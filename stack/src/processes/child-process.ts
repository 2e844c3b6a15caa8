import assert from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { withLog } from "#data-folder/log-file.ts";
import { StackError } from "#errors/stack-error.ts";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

/** A module that each process loads first. It ends the process when its supervisor ends. */
const SUPERVISED = new URL("./supervised.ts", import.meta.url).href;

/**
 * The young generation may grow to 16 MiB, Node's default. With 1 MiB a gateway executes 1,044,000
 * instructions for an image and not 659,000: what a request needs survives a collection and is
 * promoted. supervised.ts returns what the start has used.
 */
export const NODE_OPTIONS: readonly string[] = ["--max-semi-space-size=16"];

/** A process to start. */
export interface ProcessDefinition {
  /** The absolute path of the module that it runs. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 once the process is ready. */
  readonly readyUrl: string;
  readonly log: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there was no process at all. */
  readonly reason?: string;
}

/** A running process. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly exited: Promise<Exit>;
  /** Sends a signal, unless the process has ended. */
  kill(signal: NodeJS.Signals): void;
  /**
   * Sends a message to the process and returns its next message. Throws StackError if the process
   * ends first.
   */
  request(message: object): Promise<unknown>;
}

/**
 * Starts a process in a session of its own: Ctrl-C at the terminal reaches only the supervisor,
 * which ends the processes in order. The process has a channel to the supervisor. When the channel
 * ends, the supervisor has ended.
 */
export async function spawnChild(definition: ProcessDefinition): Promise<Child> {
  // The listeners are attached before the log is closed here: by then the process may be ready, or
  // have ended.
  return withLog(definition.log, (log) => {
    const child = spawn(
      process.execPath,
      [...NODE_OPTIONS, "--import", SUPERVISED, definition.script],
      {
        cwd: REPOSITORY_FOLDER,
        env: definition.environment,
        detached: true,
        stdio: ["ignore", log, log, "ipc"],
      },
    );
    child.on("error", () => {}); // a message to a process that has ended; `exit` reports the end
    return whenSpawned(child);
  });
}

async function whenSpawned(child: ChildProcess): Promise<Child> {
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  await once(child, "spawn");
  assert(child.pid !== undefined, "a process that was spawned has a number");
  return {
    pid: child.pid,
    exited,
    kill: (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    },
    request: (message) => request(child, message),
  };
}

async function request(child: ChildProcess, message: object): Promise<unknown> {
  const over = new AbortController();
  const ended = once(child, "exit", { signal: over.signal }).then(() => {
    throw new StackError("The process ended before it answered.");
  });
  try {
    const answered = once(child, "message", { signal: over.signal });
    child.send(message);
    const [answer] = await Promise.race([answered, ended]);
    return answer;
  } finally {
    ended.catch(() => {}); // the answer came first
    over.abort();
  }
}
