import { expectLife } from "#seed/client/expect-life.ts";
import { FrontDoor } from "#seed/client/front-door.ts";
import { Stopped } from "#seed/client/stopped.ts";
import { fillWorld } from "#seed/fill/fill-world.ts";
import { Progress } from "#seed/fill/progress.ts";
import { planSeedWorld } from "#seed/plan/plan-seed-world.ts";
import { runningStackUrl } from "./running-stack-url.ts";
import { parseSeedOptions, type SeedOptions, USAGE } from "./seed-options.ts";
import { signInLine } from "./sign-in-line.ts";

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;
/** As a shell says that a program was ended by Ctrl-C. */
const EXIT_STOPPED = 130;

async function main({ seed, size, password, places, ...options }: SeedOptions): Promise<void> {
  const url = options.url ?? (await runningStackUrl(process.env.TRIPTYCH_DATA));
  await expectLife(url);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // What is under way ends; a second Ctrl-C does not wait for it.
    process.once(signal, () => stopping.abort(new Stopped(signal)));
  }
  const { signal: stop } = stopping;
  const progress = new Progress(process.stderr);
  const door = new FrontDoor(url, stop);
  const world = planSeedWorld(seed, size);
  progress.say(`world ${seed} at ${url}`);
  const created = await fillWorld({ door, world, password, places, stop, progress });
  const counts = Object.entries(created).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(`new: ${counts.join(", ")}\n`);
  process.stdout.write(`${signInLine(world, password)}\n`);
}

let options: SeedOptions | undefined;
try {
  options = parseSeedOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
  process.exitCode = EXIT_USAGE;
}
try {
  if (options !== undefined) await main(options);
} catch (error) {
  const isStopped = error instanceof Stopped;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n${isStopped ? "stopped: the same command goes on" : message}\n`);
  process.exitCode = isStopped ? EXIT_STOPPED : 1;
}
