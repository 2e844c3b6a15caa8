import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Dimensions } from "#domain/dimensions/dimensions.ts";
import { DECODER_BYTES_MAX, PIXELS_MAX, SMALL_DECODER_BYTES_MAX } from "#domain/picture-limits.ts";
import { workloadOf } from "#domain/render-job.ts";
import type { Renderer } from "#domain/renderer.ts";
import { createAloneGate } from "./alone-gate.ts";
import { askRenderer, untilStarted } from "./ask-renderer.ts";
import { createMemoryLimit, type LimitMemory } from "./memory-limit.ts";

const MAIN = fileURLToPath(new URL("./render-main.ts", import.meta.url));
/**
 * How long an idle renderer waits for the next image of a burst, before it exits and frees its
 * memory.
 */
const IDLE_MS_MAX_DEFAULT = 10_000;
/** The part of the longest time that every image has; the rest is in proportion to its pixels. */
const FIXED_TIME_SHARE = 1 / 3;

/** The limits of rendering. */
export interface RendererOptions {
  /** How long the largest image may take before its process is killed. */
  readonly timeoutMs: number;
  readonly idleMsMax?: number;
  /** The most memory that a process may take for an image that is not small, in bytes. */
  readonly decoderBytesMax?: number;
  /** Called once if the kernel cannot limit the memory; by default nothing is done about it. */
  readonly observeUnlimited?: (error: unknown) => void;
}

/** A renderer that has processes of its own. */
export interface ProcessRenderer extends Renderer {
  /** Kills every process. Images that are being rendered fail, and are not to blame. */
  close(): void;
}

/** Processes with the same limit of memory, of which a worker may run one more for small images. */
interface Pool {
  readonly idle: IdleChild[];
  readonly limitMemory: LimitMemory | undefined;
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
  const { decoderBytesMax = DECODER_BYTES_MAX, observeUnlimited = () => {} } = options;
  const pools = {
    small: { idle: [] as IdleChild[], limitMemory: createMemoryLimit(SMALL_DECODER_BYTES_MAX) },
    large: { idle: [] as IdleChild[], limitMemory: createMemoryLimit(decoderBytesMax) },
  };
  const gate = createAloneGate();
  const children = new Set<ChildProcess>();
  let closed = false;
  let isUnlimitedObserved = false;

  async function start({ idle, limitMemory }: Pool): Promise<ChildProcess> {
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
    await untilStarted(child);
    if (limitMemory === undefined || child.pid === undefined) observeOnce(undefined);
    else await limitMemory(child.pid).catch(observeOnce);
    return child;
  }

  /** Without a limit that the kernel keeps, pictures are rendered all the same. */
  function observeOnce(error: unknown): void {
    if (isUnlimitedObserved) return;
    isUnlimitedObserved = true;
    observeUnlimited(error);
  }

  async function borrow(pool: Pool): Promise<ChildProcess> {
    const waiting = pool.idle.pop();
    if (waiting === undefined) return await start(pool);
    clearTimeout(waiting.timer);
    waiting.child.ref();
    waiting.child.channel?.ref();
    return waiting.child;
  }

  function giveBack({ idle }: Pool, child: ChildProcess): void {
    if (!child.connected || closed) return;
    // An idle process does not keep its worker alive.
    child.unref();
    child.channel?.unref();
    const timer = setTimeout(() => {
      // Before it is killed: an image that came now would be blamed for its end.
      idle.splice(idle.indexOf(entry), 1);
      child.kill("SIGKILL");
    }, idleMsMax);
    timer.unref();
    const entry = { child, timer };
    idle.push(entry);
  }

  return {
    async render(path, { size, beginAlone }) {
      return await (beginAlone ? gate.alone : gate.among)(async () => {
        if (closed) throw new Error("the renderer is closed");
        await beginAlone?.();
        const pool = pools[workloadOf(size).isSmall ? "small" : "large"];
        try {
          const child = await borrow(pool);
          const reply = await askRenderer(child, { path }, timeFor(size, timeoutMs));
          giveBack(pool, child);
          return reply;
        } catch (error) {
          if (closed) throw new Error("the renderer was closed", { cause: error });
          throw error;
        }
      });
    },
    close() {
      closed = true;
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

/** How long an image of this size may take, in milliseconds. */
function timeFor(size: Dimensions | undefined, timeoutMs: number): number {
  const share = size === undefined ? 1 : Math.min(1, (size.width * size.height) / PIXELS_MAX);
  return Math.ceil(timeoutMs * (FIXED_TIME_SHARE + (1 - FIXED_TIME_SHARE) * share));
}
