import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { SmallStack } from "./small-stack.ts";

/**
 * How often each thing was done: `call images.v1.ImageService/GetImage`, `statement images:
 * select_image`, `line gateway`.
 */
export type Counts = Readonly<Record<string, number>>;

/** With the prefix that the stack sets: time, process, application, database. */
const STATEMENT =
  /^\d{4}-\S+ \S+ UTC \d+ (\S+) \S+ LOG: {2}(?:statement: (.*)|execute ([^:/]+)[^:]*: (.*))$/gm;
/** Who sends statements by itself, and no request waits. */
const WORKER = /^images-worker/;
const UNNAMED = "<unnamed>";
const WORDS_OF_UNNAMED = 3;
const LINES_MS_MAX = 20_000;
const POLL_MS = 5;

/** A line that a process has logged for a request. */
interface LogLine {
  readonly requestId?: string;
  readonly method?: string;
  readonly message?: string;
}

/**
 * Runs `work`, which makes requests whose ids begin with `requestId`, and counts what was done for
 * them: calls by method, where they are served; statements by service and name, if Postgres logs
 * them; log lines by process.
 */
export async function countWork(
  stack: SmallStack,
  { requestId, requests }: { readonly requestId: string; readonly requests: number },
  work: () => Promise<void>,
): Promise<Counts> {
  const logs = stack.processes.map(({ name }) => {
    const path = join(stack.logs, `${name}.log`);
    return { name, path, start: statSync(path).size };
  });
  const statementsStart = statSync(stack.postgresLog).size;
  await work();
  await until(() => {
    const gateway = logs.find(({ name }) => name === "gateway");
    return gateway !== undefined && linesIn(gateway, requestId).length >= requests;
  });
  await stack.finishTurns();
  const counts = new Map<string, number>();
  for (const log of logs) {
    for (const { message, method } of linesIn(log, requestId)) {
      add(counts, `line ${log.name}`);
      if (message === "rpc") add(counts, `call ${method}`);
    }
  }
  countStatements(counts, readFrom(stack.postgresLog, statementsStart));
  return Object.fromEntries(counts);
}

function countStatements(counts: Map<string, number>, log: string): void {
  for (const [, application = "", simple, name, text = ""] of log.matchAll(STATEMENT)) {
    if (WORKER.test(application)) continue;
    const shown = name === undefined || name === UNNAMED ? firstWords(simple ?? text) : name;
    add(counts, `statement ${application}: ${shown}`);
  }
}

function firstWords(text: string): string {
  return text.trim().split(/\s+/).slice(0, WORDS_OF_UNNAMED).join(" ");
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function linesIn(
  { path, start }: { readonly path: string; readonly start: number },
  requestId: string,
): readonly LogLine[] {
  const lines = readFrom(path, start).split("\n");
  return lines
    .filter((line) => line.includes(`"requestId":"${requestId}-`))
    .map((line): LogLine => JSON.parse(line));
}

function readFrom(path: string, start: number): string {
  return readFileSync(path).subarray(start).toString();
}

/** Waits, for as long as a line may take. Whoever counts sees that it did not come. */
async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + LINES_MS_MAX;
  while (!isTrue() && performance.now() < deadline) await delay(POLL_MS);
}
