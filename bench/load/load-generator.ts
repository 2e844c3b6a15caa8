import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import type { LoadMessage } from "./load-process.ts";
import type { LoadListener } from "./run-load.ts";

const MAIN = new URL("./load-process.ts", import.meta.url).pathname;
/** Short-lived strings are most of its work: fewer collections with a larger young generation. */
const NODE_OPTIONS = ["--max-semi-space-size=32"];

/** The load generator, as a process of its own: its work is not that of the system under test. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  /** Starts the process, on a core of its own if one is given. */
  constructor(core?: string) {
    const pinned =
      core === undefined
        ? { execPath: process.execPath, execArgv: NODE_OPTIONS }
        : {
            execPath: "taskset",
            execArgv: ["--cpu-list", core, process.execPath, ...NODE_OPTIONS],
          };
    this.#child = fork(MAIN, { ...pinned, serialization: "advanced" });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Runs a load. Loads run one after the other. */
  async run(order: LoadOrder, listener: LoadListener): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const onExit = () => reject(new Error("the load generator has ended"));
    const onMessage = (message: LoadMessage) => {
      if (message.kind === "result") resolve(message.result);
      else if (message.kind === "error") reject(new Error(message.message));
      else if (message.kind === "begin") listener.onBegin();
      else listener.onEnd();
    };
    this.#child.on("message", onMessage).once("exit", onExit);
    try {
      this.#child.send(order);
      return await promise;
    } finally {
      this.#child.off("message", onMessage).off("exit", onExit);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}
