import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RenderAborted, type Renderer, type RenderResult } from "#domain/renderer.ts";
import type { RenderReply, RenderRequest } from "./render-protocol.ts";

const MAIN = fileURLToPath(new URL("./render-main.ts", import.meta.url));
/**
 * How long an idle renderer waits for the next image of a burst, before it exits and frees its
 * memory.
 */
const IDLE_MS_MAX_DEFAULT = 10_000;

/** The limits of rendering. */
export interface RendererOptions {
  /** How long one image may take before its process is killed. */
  readonly timeoutMs: number;
  readonly idleMsMax?: number;
}

/** A renderer that has processes of its own. */
export interface ProcessRenderer extends Renderer {
  /** Kills every process. Images that are being rendered fail. */
  close(): void;
}

interface IdleChild {
  readonly child: ChildProcess;
  readonly timer: NodeJS.Timeout;
}

/**
 * A pool of renderer processes, created on demand, each for one image at a time. So a picture that
 * makes the decoder hang, crash or use too much memory ends nothing else, and an idle worker does
 * not hold sharp's 30 MB.
 */
export function createRenderer(options: RendererOptions): ProcessRenderer {
  const { timeoutMs, idleMsMax = IDLE_MS_MAX_DEFAULT } = options;
  const idle: IdleChild[] = [];
  const children = new Set<ChildProcess>();
  let closed = false;

  function start(): ChildProcess {
    const child = fork(MAIN, [], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      // Passes nothing of the worker's environment, which holds the database's password.
      env: {},
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    children.add(child);
    child.once("exit", () => {
      children.delete(child);
      const at = idle.findIndex((one) => one.child === child);
      if (at >= 0) clearTimeout(idle.splice(at, 1)[0]?.timer);
    });
    return child;
  }

  function borrow(): ChildProcess {
    const waiting = idle.pop();
    if (waiting === undefined) return start();
    clearTimeout(waiting.timer);
    waiting.child.ref();
    waiting.child.channel?.ref();
    return waiting.child;
  }

  function giveBack(child: ChildProcess): void {
    if (!child.connected || closed) return;
    // An idle process does not keep its worker alive.
    child.unref();
    child.channel?.unref();
    const timer = setTimeout(() => child.kill("SIGKILL"), idleMsMax);
    timer.unref();
    idle.push({ child, timer });
  }

  return {
    async render(path) {
      const child = borrow();
      const reply = await ask(child, { path }, timeoutMs);
      giveBack(child);
      return reply;
    },
    close() {
      closed = true;
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

/** Waits for the reply. Throws RenderAborted if the process does not reply in time, or ends. */
function ask(
  child: ChildProcess,
  request: RenderRequest,
  timeoutMs: number,
): Promise<RenderResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      settle(() => reject(new RenderAborted(`rendering took longer than ${timeoutMs} ms`)));
    }, timeoutMs);
    const onMessage = (reply: RenderReply) =>
      settle(() => {
        if (reply.kind !== "error") return resolve(reply);
        child.kill("SIGKILL");
        reject(new Error(`the file could not be read now: ${reply.message}`));
      });
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(new RenderAborted(`the renderer ended with ${signal ?? code}`)));
    const onError = (error: Error) => settle(() => reject(error));
    function settle(act: () => void): void {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      act();
    }
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    // A failure to send causes "exit" or "error" as well.
    child.send(request, () => {});
  });
}
