import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "#errors/error-code.ts";
import { type Child, type Exit, type ProcessDefinition, spawnChild } from "./child-process.ts";
import { createRestartBackoff } from "./restart-backoff.ts";
import { untilReady } from "./until-ready.ts";

/** A process that dies this often and was never ready cannot recover by itself. */
const DEATHS_BEFORE_READY_MAX = 3;

/** The events of a process that is kept running. */
interface Life {
  spawned(child: Child): void;
  ready(): void;
  /** The process has ended. It is started again in `waitMs`. */
  died(exit: Exit, waitMs: number): void;
}

/**
 * Keeps a process running: starts it, and starts it again whenever it ends. Returns when `unwanted`
 * has fired and the process has ended. Throws if it dies three times before it was ready once.
 */
export async function keepRunning(
  definition: ProcessDefinition,
  life: Life,
  unwanted: AbortSignal,
): Promise<void> {
  const backoff = createRestartBackoff();
  let wasReady = false;
  const ready = () => {
    wasReady = true;
    life.ready();
  };
  for (let deaths = 1; !unwanted.aborted; deaths++) {
    const begin = performance.now();
    const exit = await runOnce(definition, { ...life, ready }, unwanted);
    if (unwanted.aborted) return;
    if (!wasReady && deaths >= DEATHS_BEFORE_READY_MAX) {
      throw new Error(`${describeExit(exit)}, ${deaths} times before it was ready`);
    }
    const wait = backoff.next(performance.now() - begin);
    life.died(exit, wait);
    await delay(wait, undefined, { signal: unwanted }).catch(() => {}); // no longer wanted
  }
}

/** Describes how a process ended, as text after the process's name. */
export function describeExit({ code, signal, reason }: Exit): string {
  if (reason !== undefined) return `could not be started (${reason})`;
  return signal === null ? `ended with the code ${code}` : `was ended by ${signal}`;
}

/** There are too many processes or open files, or too little memory now: as if it had died. */
function notSpawned(error: unknown): Exit {
  return { code: null, signal: null, reason: errorCode(error) };
}

async function runOnce(
  definition: ProcessDefinition,
  life: Pick<Life, "spawned" | "ready">,
  unwanted: AbortSignal,
): Promise<Exit> {
  const child = await spawnChild(definition).catch(notSpawned);
  if (!("pid" in child)) return child;
  life.spawned(child);
  const over = new AbortController();
  untilReady(definition.readyUrl, AbortSignal.any([unwanted, over.signal])).then(
    life.ready,
    () => {}, // it ended, or is no longer wanted
  );
  const exit = await child.exited;
  over.abort();
  return exit;
}
