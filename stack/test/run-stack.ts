import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The end of a command: its exit code and its output. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts the stack's command with these words, on a data folder and port of its own. */
export function spawnStack(words: readonly string[], environment: object): ChildProcess {
  return spawn(process.execPath, [MAIN, ...words], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits until a command ends. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [output, errors, [code]] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    once(child, "close"),
  ]);
  return { code, output, errors };
}

/** Runs a command to its end. */
export function runStack(words: readonly string[], environment: object): Promise<Outcome> {
  return outcomeOf(spawnStack(words, environment));
}
