import type { Connection } from "./connection.ts";
import type { OperationMaker } from "./operation-maker.ts";
import { runOperation } from "./run-operation.ts";
import type { Tally } from "./tally.ts";

/**
 * After a failure a closed loop pauses: a server that refuses at once must not turn the load
 * generator into a busy loop.
 */
const PAUSE_AFTER_FAILURE_MS = 10;
/** A timer is this late. The open loop asks the clock instead of a timer when less is left. */
const TIMER_MS = 2;

/** What a loop sends, and over which connections. */
export interface LoopParts {
  readonly connections: readonly Connection[];
  readonly tally: Tally;
  /** Picks the next operation. */
  readonly pick: () => OperationMaker;
}

/** A load that runs. */
export interface RunningLoop {
  /** Starts no more operations. */
  stop(): void;
}

/** Starts a closed loop: each connection sends its next request when its answer has come. */
export function startClosedLoop({ connections, tally, pick }: LoopParts): RunningLoop {
  let running = true;
  const next = (connection: Connection) => {
    if (!running) return;
    const start = performance.now();
    runOperation(pick(), { connection, tally }, (succeeded) => {
      if (succeeded) {
        tally.operation((performance.now() - start) * 1_000);
        next(connection);
      } else {
        setTimeout(next, PAUSE_AFTER_FAILURE_MS, connection);
      }
    });
  };
  for (const connection of connections) next(connection);
  return {
    stop: () => {
      running = false;
    },
  };
}

/**
 * Starts an open loop: operations start at fixed times. If all connections are busy an operation
 * waits, and its latency counts from the time at which it should have started: so a stall of the
 * server counts for all who would have come meanwhile (no coordinated omission).
 */
export function startOpenLoop(
  { connections, tally, pick }: LoopParts,
  perSecond: number,
): RunningLoop {
  const intervalMs = 1_000 / perSecond;
  const free = [...connections];
  const late: number[] = [];
  let running = true;
  let due = performance.now();
  let taken = 0;

  const start = (intended: number, connection: Connection) => {
    runOperation(pick(), { connection, tally }, (succeeded) => {
      if (succeeded) tally.operation((performance.now() - intended) * 1_000);
      free.push(connection);
      startLate();
    });
  };
  const startLate = () => {
    while (running && taken < late.length) {
      const connection = free.pop();
      if (connection === undefined) return;
      start(late[taken++] ?? 0, connection);
    }
  };
  const tick = () => {
    if (!running) return;
    const now = performance.now();
    for (; due <= now; due += intervalMs) late.push(due);
    startLate();
    if (due - performance.now() > TIMER_MS) setTimeout(tick, due - performance.now() - TIMER_MS);
    else setImmediate(tick);
  };
  tick();
  return {
    stop: () => {
      running = false;
    },
  };
}
