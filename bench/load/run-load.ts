import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "./connection.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { type LoopParts, startClosedLoop, startOpenLoop } from "./loops.ts";
import { OperationMaker } from "./operation-maker.ts";
import { seededRandom, weighted } from "./random.ts";
import { Tally } from "./tally.ts";

/** For how long answers are awaited when the load is over. */
const DRAIN_MS_MAX = 5_000;
const DRAIN_POLL_MS = 10;

/** Told when the measured part begins and ends, so that others measure the same time. */
export interface LoadListener {
  onBegin(): void;
  onEnd(): void;
}

/** Runs a load in this process. */
export async function runLoad(order: LoadOrder, listener: LoadListener): Promise<LoadResult> {
  const parts = prepare(order);
  const { connections, tally } = parts;
  const { loop } = order;
  const running =
    loop.kind === "closed" ? startClosedLoop(parts) : startOpenLoop(parts, loop.perSecond);
  await delay(order.warmUpMs);

  const bytes = receivedBytes(connections);
  const cpu = process.cpuUsage();
  const start = performance.now();
  tally.begin();
  listener.onBegin();
  await delay(order.measureMs);
  tally.end();
  listener.onEnd();
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const received = receivedBytes(connections) - bytes;

  running.stop();
  const unanswered = await drain(connections);
  return {
    ...tally.result(),
    elapsedMs,
    receivedBytes: received,
    unanswered,
    generatorShare: (user + system) / 1_000 / elapsedMs,
  };
}

function prepare({ url, operations, loop, seed }: LoadOrder): LoopParts {
  const address = new URL(url);
  const random = seededRandom(seed);
  const makers = operations.map((operation) => new OperationMaker(operation, address.host, random));
  const pickIndex = weighted(
    operations.map(({ weight }) => weight),
    random,
  );
  const [first] = makers;
  if (first === undefined) throw new Error("a load needs an operation");
  return {
    connections: Array.from({ length: loop.connections }, () => new Connection(address)),
    tally: new Tally(),
    pick: makers.length === 1 ? () => first : () => makers[pickIndex()] ?? first,
  };
}

function receivedBytes(connections: readonly Connection[]): number {
  return connections.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Waits for the last answers, closes the connections, and returns how many answers are missing. */
async function drain(connections: readonly Connection[]): Promise<number> {
  const deadline = performance.now() + DRAIN_MS_MAX;
  const waiting = () => connections.filter(({ isWaiting }) => isWaiting).length;
  while (waiting() > 0 && performance.now() < deadline) await delay(DRAIN_POLL_MS);
  const unanswered = waiting();
  for (const connection of connections) connection.close();
  return unanswered;
}
