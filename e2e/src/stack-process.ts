import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** The topology of the system: a process for each service, or one process for all. */
export type Topology = "split" | "monolith";

/** The whole system as the suite's own process, with its own ports and data. */
export interface Stack {
  readonly topology: Topology;
  /** The gateway's URL: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The data folder, which contains the logs. */
  readonly data: string;
  /** Runs a stack command, such as `stop users`. Returns its output. */
  command(...words: string[]): Promise<string>;
  /** Stops everything as Ctrl-C does. Returns the exit code. */
  stop(): Promise<number | null>;
}

const MAIN = resolve("stack/src/main.ts");
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 60_000;

/** Starts the system as `pnpm start` does, and waits until it is ready. */
export async function startStack(topology: Topology): Promise<Stack> {
  const data = await mkdtemp(join(tmpdir(), "triptych-e2e-"));
  const environment = { ...process.env, PORT: "0", TRIPTYCH_DATA: data, LOG_LEVEL: "info" };
  const options = topology === "monolith" ? ["--monolith"] : [];
  const child = spawn(process.execPath, [MAIN, "start", ...options], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  child.stdout.on("data", (chunk) => printed.push(String(chunk)));
  child.stderr.on("data", (chunk) => printed.push(String(chunk)));
  const url = await readyUrl(child, data, printed);
  return {
    topology,
    url,
    data,
    async command(...words) {
      const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...words], {
        env: environment,
      });
      return stdout;
    },
    async stop() {
      const code = await end(child);
      await rm(data, { recursive: true, force: true });
      return code;
    },
  };
}

/** Reads the URL from the stack file, which has it once everything is ready. */
async function readyUrl(child: ChildProcess, data: string, printed: string[]): Promise<string> {
  const deadline = Date.now() + START_MS_MAX;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const text = await readFile(join(data, "stack.json"), "utf8").catch(() => "{}");
    const { url } = JSON.parse(text === "" ? "{}" : text);
    if (typeof url === "string") return url;
    await delay(100);
  }
  await end(child);
  throw new Error(`the stack did not become ready:\n${printed.join("")}`);
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
  return child.exitCode;
}
