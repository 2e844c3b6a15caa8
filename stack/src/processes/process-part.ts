import { StackError } from "#errors/stack-error.ts";
import type { PartName } from "#parts/part-names.ts";
import type { PartState, PartStatus } from "#parts/part-status.ts";
import type { StackPart } from "#parts/stack-part.ts";
import { answersOk } from "./answers-ok.ts";
import type { Child, ProcessDefinition } from "./child-process.ts";
import { describeExit, keepRunning } from "./keep-running.ts";
import { Mutex } from "./mutex.ts";

/** A start reports a process that is not ready by then. The process goes on trying. */
const READY_MS_MAX = 30_000;
/**
 * A process drains for at most 10 s and closes for at most 5 s. One that needs longer hangs, and is
 * killed.
 */
const STOP_MS_MAX = 17_000;

/** The events of a part. */
export interface PartListener {
  /** Prints a line to the terminal. */
  print(line: string): void;
  /** A process was started or has ended. */
  changed(): unknown;
  /**
   * The process has become ready, for the first time or again. The part's start waits for the
   * promise.
   */
  ready?(): Promise<unknown>;
}

/** The definition of a part that is one process. */
export interface ProcessPartOptions extends ProcessDefinition {
  readonly name: PartName;
  /** The address that it listens on. */
  readonly address?: string;
}

/**
 * A part that is one process. It is supervised: started, watched, and started again when it dies.
 */
export class ProcessPart implements StackPart {
  readonly name: PartName;
  readonly #options: ProcessPartOptions;
  readonly #listener: PartListener;
  readonly #mutex = new Mutex();
  #state: PartState = "stopped";
  #since = new Date();
  #restarts = 0;
  #child: Child | undefined;
  #ended = false;
  /** Fires when the process should no longer run. */
  #unwanted = new AbortController();
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: ProcessPartOptions, listener: PartListener) {
    this.name = options.name;
    this.#options = options;
    this.#listener = listener;
  }

  status(): PartStatus {
    return {
      name: this.name,
      state: this.#state,
      pid: this.#child?.pid,
      address: this.#options.address,
      since: this.#since.toISOString(),
      restarts: this.#restarts,
    };
  }

  /** Returns when it is ready. */
  start(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#start());
  }

  /** Ends it by a graceful shutdown, and kills it if that takes too long. */
  stop(): Promise<void> {
    this.#unwanted.abort(); // cancels a start that still waits
    return this.#mutex.runExclusive(() => this.#stop());
  }

  restart(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      if (this.#state !== "stopped") await this.#stop();
      await this.#start();
    });
  }

  freeze(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      if (this.#state === "frozen") throw new StackError(`${this.name} is frozen already.`);
      if (this.#state !== "running") throw this.#refusal("freeze");
      this.#child?.kill("SIGSTOP");
      this.#enter("frozen");
    });
  }

  thaw(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      if (this.#state !== "frozen") throw this.#refusal("thaw");
      this.#child?.kill("SIGCONT");
      this.#enter("running");
    });
  }

  /** Makes it refuse writes. After a restart it accepts them again. */
  "read-only"(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#switch("PUT"));
  }

  /** Makes it accept writes. */
  writable(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#switch("DELETE"));
  }

  /** Ends it for good in any state. Kills it once `hurry` fires. */
  async end(hurry: AbortSignal): Promise<void> {
    this.#ended = true;
    const kill = () => this.#child?.kill("SIGKILL");
    if (hurry.aborted) kill();
    else hurry.addEventListener("abort", kill, { once: true });
    this.#unwanted.abort();
    await this.#mutex.runExclusive(async () => {
      if (this.#state !== "stopped") await this.#stop();
    });
  }

  /** Sends a message to the process and returns its answer. */
  async request(message: object): Promise<unknown> {
    if (this.#child === undefined || this.#state !== "running") throw this.#isNotRunning();
    return await this.#child.request(message);
  }

  async #start(): Promise<void> {
    if (this.#state !== "stopped" || this.#ended) throw this.#refusal("start");
    const ready = Promise.withResolvers<void>();
    const unwanted = new AbortController();
    const slow = setTimeout(() => ready.reject(this.#slow()), READY_MS_MAX);
    unwanted.signal.addEventListener("abort", () => {
      ready.reject(new StackError(`${this.name} was stopped while it was starting.`));
    });
    this.#unwanted = unwanted;
    this.#enter("starting");
    this.#supervision = this.#supervise(unwanted.signal, ready.resolve).catch((cause: Error) => {
      this.#enter("stopped");
      const { message } = cause;
      ready.reject(new StackError(`${this.name} ${message}: see ${this.#options.log}.`, { cause }));
    });
    await ready.promise.finally(() => clearTimeout(slow));
  }

  async #stop(): Promise<void> {
    if (this.#state === "stopped") throw this.#refusal("stop");
    const child = this.#child;
    this.#unwanted.abort();
    this.#enter("stopping");
    child?.kill("SIGTERM");
    child?.kill("SIGCONT"); // a frozen process handles the SIGTERM only then
    const late = setTimeout(() => child?.kill("SIGKILL"), STOP_MS_MAX);
    await this.#supervision;
    clearTimeout(late);
    this.#enter("stopped");
  }

  async #supervise(unwanted: AbortSignal, onReady: () => void): Promise<void> {
    const life = {
      spawned: (child: Child) => {
        this.#child = child;
        if (unwanted.aborted) child.kill("SIGTERM"); // it was stopped while it was spawned
        this.#listener.changed();
        void child.exited.then(() => {
          this.#child = undefined;
          this.#listener.changed();
        });
      },
      ready: () => {
        if (this.#state === "restarting") this.#listener.print(`${this.name} is back.`);
        this.#enter("running");
        void (this.#listener.ready?.() ?? Promise.resolve()).then(onReady, onReady);
      },
      died: (exit: Parameters<typeof describeExit>[0], waitMs: number) => {
        this.#restarts++;
        this.#enter("restarting");
        const seconds = waitMs / 1_000;
        this.#listener.print(
          `${this.name} ${describeExit(exit)}: it is started again in ${seconds} s.`,
        );
      },
    };
    await keepRunning(this.#options, life, unwanted);
  }

  async #switch(method: "PUT" | "DELETE"): Promise<void> {
    if (this.#state !== "running") throw this.#isNotRunning();
    const url = new URL("/read-only", this.#options.readyUrl);
    if (await answersOk(method, url)) return;
    throw new StackError(
      `${this.name} does not take that: only users, images and comments have writes to refuse.`,
    );
  }

  #enter(state: PartState): void {
    this.#state = state;
    this.#since = new Date();
  }

  #refusal(wish: string): StackError {
    const advice = this.#state === "frozen" ? "thaw it first" : `there is nothing to ${wish}`;
    return new StackError(`${this.name} is ${this.#state}: ${advice}.`);
  }

  #isNotRunning(): StackError {
    return new StackError(`${this.name} is ${this.#state}: start it first.`);
  }

  #slow(): StackError {
    const seconds = READY_MS_MAX / 1_000;
    return new StackError(
      `${this.name} runs but is not ready after ${seconds} s: see ${this.#options.log}.`,
    );
  }
}
