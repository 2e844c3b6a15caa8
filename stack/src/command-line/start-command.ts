import { once } from "node:events";
import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import { EXIT_FAILURE, StackError } from "#errors/stack-error.ts";
import { PostgresCannotStart } from "#postgres/postgres-cannot-start.ts";
import { readSettings } from "#settings/stack-settings.ts";
import type { Shape } from "#supervisor/process-plan.ts";
import { Stack } from "#supervisor/stack.ts";
import { formatWelcome } from "#terminal/format-welcome.ts";
import { surviveClosedTerminal, tell } from "#terminal/terminal.ts";

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/**
 * One Ctrl-C arrives several times: from the terminal, and from each of pnpm and npx, which pass it
 * on.
 */
const ECHO_MS = 500;

/** Runs the stack in this process until it is told to end. Returns the exit code. */
export async function startCommand(shape: Shape, environment: Environment): Promise<number> {
  const begin = performance.now();
  surviveClosedTerminal();
  const settings = readSettings(environment);
  const { asked, hurry } = listenForEnd();
  const stack = new Stack({ settings, shape, environment, tell });
  const started = stack.start();
  try {
    const url = await Promise.race([started, once(asked, "abort").then(() => undefined)]);
    if (url !== undefined) {
      const startMs = performance.now() - begin;
      const { dataFolder } = settings;
      tell(formatWelcome({ url, parts: stack.status(), dataFolder, startMs }));
      if (!asked.aborted) await once(asked, "abort");
    }
    tell("\nStopping: the gateway first, then the services, then Postgres. Ctrl-C again hurries.");
    return 0;
  } catch (error) {
    // Ending before it was ready is what the person wanted.
    if (asked.aborted) return 0;
    if (!(error instanceof StackError || error instanceof PostgresCannotStart)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT_FAILURE;
  } finally {
    started.catch(() => {}); // told above, or no longer wanted
    await stack.end(hurry);
    if (asked.aborted) tell("Stopped.");
  }
}

/** `asked` fires at the first signal to end, `hurry` at the next one that is not its echo. */
function listenForEnd(): { readonly asked: AbortSignal; readonly hurry: AbortSignal } {
  const [asked, hurry] = [new AbortController(), new AbortController()];
  let first: number | undefined;
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => {
      first ??= performance.now();
      if (!asked.signal.aborted) asked.abort();
      else if (performance.now() - first > ECHO_MS) hurry.abort();
    });
  }
  return { asked: asked.signal, hurry: hurry.signal };
}
