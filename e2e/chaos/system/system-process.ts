import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { signalTree } from "./process-tree.ts";

/** The definition of a process. */
export interface ProcessDefinition {
  readonly name: string;
  /** The module that it runs. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 once the process is ready. */
  readonly readyUrl: string;
  readonly log: string;
}

/** The slowest start creates a new database on a slow disk. */
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 30;
const READY_ANSWER_MS_MAX = 1_000;
/** Longer than the graceful shutdown of any process. */
const STOP_MS_MAX = 30_000;

/** A process of the system. It can be stopped, killed and frozen. */
export class SystemProcess {
  readonly name: string;
  readonly #definition: ProcessDefinition;
  #child: ChildProcess | undefined;
  #frozen: readonly number[] = [];

  constructor(definition: ProcessDefinition) {
    this.name = definition.name;
    this.#definition = definition;
  }

  /** The ids of the processes that are frozen now. */
  get frozen(): readonly number[] {
    return this.#frozen;
  }

  /** Whether it was started and has not ended. */
  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts it. Does not wait until it is ready. */
  async start(): Promise<void> {
    const { script, environment, log } = this.#definition;
    const handle = await open(log, "a");
    const child = spawn(process.execPath, ["--max-semi-space-size=1", script], {
      env: { ...environment },
      detached: true, // Ctrl-C reaches only the suite, which ends its processes in order
      stdio: ["ignore", handle.fd, handle.fd, "ipc"],
    });
    child.channel?.unref();
    this.#child = child;
    await once(child, "spawn").finally(() => handle.close());
  }

  /** Waits until it is ready. Throws if it ends first, or takes too long. */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + READY_MS_MAX;
    while (!(await isOk(this.#definition.readyUrl))) {
      if (!this.isRunning) throw this.#failure("ended before it was ready");
      if (performance.now() > deadline) throw this.#failure("did not become ready");
      await delay(READY_POLL_MS);
    }
  }

  /** Probes its readiness once. */
  isReady(): Promise<boolean> {
    return isOk(this.#definition.readyUrl);
  }

  /** Ends it by SIGTERM, as Kubernetes does. Returns the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => void this.#signal("SIGKILL"), STOP_MS_MAX);
    await exited;
    clearTimeout(timer);
    return child.exitCode;
  }

  /** Kills it and its descendants at once. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const exited = once(child, "exit");
    await this.#signal("SIGKILL");
    await exited;
  }

  /** Freezes it and its descendants: connections stay open, and nothing answers. */
  async freeze(): Promise<void> {
    this.#frozen = await this.#signal("SIGSTOP");
  }

  /** Wakes them. */
  async thaw(): Promise<void> {
    await this.#signal("SIGCONT");
    this.#frozen = [];
  }

  async #signal(signal: NodeJS.Signals): Promise<readonly number[]> {
    const pid = this.#child?.pid;
    return pid === undefined || !this.isRunning ? [] : await signalTree(pid, signal);
  }

  #failure(what: string): Error {
    return new Error(`${this.name} ${what}: see ${this.#definition.log}`);
  }
}

function isOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: READY_ANSWER_MS_MAX }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false)); // it does not listen, or hangs
  });
}
