import { once } from "node:events";
import { isNativeError } from "node:util/types";
import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import { describeError } from "@triptych/chassis/lifecycle/describe-error";
import { EXIT_FAILURE, StackError } from "#errors/stack-error.ts";
import type { Topology } from "#parts/topology.ts";
import { PostgresCannotStart } from "#postgres/postgres-cannot-start.ts";
import { readStackSettings } from "#settings/stack-settings.ts";
import { Stack } from "#supervisor/stack.ts";
import { formatWelcome } from "#terminal/format-welcome.ts";
import { print, surviveClosedTerminal } from "#terminal/terminal.ts";

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/**
 * One Ctrl-C arrives several times: from the terminal, and from pnpm and npx, which both forward
 * it.
 */
const ECHO_MS = 500;

/** Runs the stack in this process until a signal ends it. Returns the exit code. */
export async function startCommand(topology: Topology, environment: Environment): Promise<number> {
  const begin = performance.now();
  surviveClosedTerminal();
  const settings = readStackSettings(environment);
  const { endRequested, hurry } = listenForEnd();
  const stack = new Stack({ settings, topology, environment, print });
  const started = stack.start();
  try {
    const urls = await Promise.race([started, once(endRequested, "abort").then(() => undefined)]);
    if (urls !== undefined) {
      const startMs = performance.now() - begin;
      const { dataFolder } = settings;
      print(formatWelcome({ ...urls, parts: stack.status(), dataFolder, startMs }));
      if (!endRequested.aborted) await once(endRequested, "abort");
    }
    print("\nStopping: the gateway first, then the services, then Postgres. Ctrl-C again hurries.");
    return 0;
  } catch (error) {
    // The person ended the stack before it was ready: no error.
    if (endRequested.aborted) return 0;
    process.stderr.write(`${sentenceOf(error)}\n`);
    return EXIT_FAILURE;
  } finally {
    started.catch(() => {}); // printed above, or no longer wanted
    await stack.end(hurry);
    if (endRequested.aborted) print("Stopped.");
  }
}

/**
 * Returns what the person at the terminal can correct: an error of the system, such as a full disk,
 * among it. Throws any other error, which is a defect and needs its stack.
 */
function sentenceOf(error: unknown): string {
  if (error instanceof StackError || error instanceof PostgresCannotStart) return error.message;
  if (!isNativeError(error) || !("syscall" in error)) throw error;
  return `The stack cannot start: ${describeError(error)}.`;
}

/**
 * `endRequested` fires at the first signal to end. `hurry` fires at the next one that is not its
 * echo.
 */
function listenForEnd(): { readonly endRequested: AbortSignal; readonly hurry: AbortSignal } {
  const [endRequested, hurry] = [new AbortController(), new AbortController()];
  let first: number | undefined;
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => {
      first ??= performance.now();
      if (!endRequested.signal.aborted) endRequested.abort();
      else if (performance.now() - first > ECHO_MS) hurry.abort();
    });
  }
  return { endRequested: endRequested.signal, hurry: hurry.signal };
}
