import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { SERVICES } from "#chaos/system/chaos-targets.ts";
import { ARMS, type ExperimentEnvironment, withEnvironment } from "./experiment-environment.ts";
import { servedShare } from "./goodput.ts";
import { print, report, reportOwnLag } from "./report.ts";
import { findPeak, runLoad, type Stream } from "./run-load.ts";

/** Reads: each is served or not, independently of those before. */
const READS = ALL_CASES.filter(({ route }) => route.startsWith("GET "));
/** Some 60 statements a second: enough for a stable measurement. */
const IMAGES_LINK_MS = 15;
const LOAD_SHARE = 0.8;
const BEFORE_MS = 2_000;
const FREEZE_MS = 5_000;
/** The time after the thaw by which all must be as before. The next second is measured. */
const RECOVERY_MS = 1_000;
const LOOK_MS = 1_000;
const SEEDS_DEFAULT = 20;
const SEEDS_MAX = 100;
const TARGET = 0.95;

/** The share of requests that was served in each phase. */
interface Thaw {
  readonly before: number;
  readonly frozen: number;
  readonly after: number;
  readonly ownLagMs: number;
}

function readSeedCount(): number {
  const { values } = parseArgs({ options: { seeds: { type: "string" } } });
  const count = Number(values.seeds ?? SEEDS_DEFAULT);
  if (Number.isInteger(count) && count >= 1 && count <= SEEDS_MAX) return count;
  throw new Error(`--seeds takes a whole number from 1 to ${SEEDS_MAX}, not ${values.seeds}`);
}

function streamsAt(requestsPerSecond: number): readonly Stream[] {
  return [{ cases: READS, requestsPerSecond }];
}

async function thaw(
  environment: ExperimentEnvironment,
  database: string,
  requestsPerSecond: number,
): Promise<Thaw> {
  const { system } = environment;
  let frozenMs = 0;
  let thawedMs = 0;
  const { samples, span, ownLagMs } = await runLoad(environment, streamsAt(requestsPerSecond), {
    async during() {
      await delay(BEFORE_MS);
      frozenMs = performance.now();
      await system.freeze(database);
      await delay(FREEZE_MS);
      await system.thaw(database);
      thawedMs = performance.now();
      await delay(RECOVERY_MS + LOOK_MS);
    },
  });
  // Requests of the last moment before the fault still meet it.
  const beforeMs = frozenMs - BEFORE_MS / 4;
  const fromMs = thawedMs + RECOVERY_MS;
  return {
    before: servedShare(samples, { ...span, toMs: beforeMs }),
    frozen: servedShare(samples, { fromMs: frozenMs, toMs: thawedMs }),
    after: servedShare(samples, { fromMs, toMs: fromMs + LOOK_MS }),
    ownLagMs,
  };
}

const seeds = readSeedCount();
let requestsPerSecond: number | undefined;
for (const arm of ARMS) {
  await withEnvironment({ arm, imagesLinkMs: IMAGES_LINK_MS }, async (environment) => {
    requestsPerSecond ??= (await findPeak(environment, streamsAt)) * LOAD_SHARE;
    print(`\nfailure policy ${arm}: ${requestsPerSecond.toFixed(1)} requests/s, 80 % of the peak`);
    const ratios: number[] = [];
    const lags: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const database = `${new SeededRandom(seed).pick(SERVICES)}-db`;
      const { before, frozen, after, ownLagMs } = await thaw(
        environment,
        database,
        requestsPerSecond,
      );
      const shares = [before, frozen, after].map((share) => share.toFixed(3)).join(" / ");
      print(`  seed ${seed}, ${database}: served before / frozen / a second after ${shares}`);
      lags.push(ownLagMs);
      ratios.push(before === 0 ? 0 : after / before);
    }
    ratios.sort((left, right) => left - right);
    const [worst = 0] = ratios;
    const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
    reportOwnLag(Math.max(...lags));
    report(`thaw of a database after 5 s, failure policy ${arm}`, [
      { what: "goodput after / before, worst seed", value: worst, target: { atLeast: TARGET } },
      { what: "the same, median seed", value: median, target: { atLeast: TARGET } },
      {
        what: `part of ${seeds} seeds that reach it`,
        value: ratios.filter((ratio) => ratio >= TARGET).length / seeds,
        target: { atLeast: 1 },
      },
    ]);
  });
}
