import { setTimeout as delay } from "node:timers/promises";
import { IMAGE_CASES } from "#chaos/routes/image-cases.ts";
import { GATEWAYS } from "#chaos/system/system-plan.ts";
import { ARMS, type ExperimentEnvironment, withEnvironment } from "./experiment-environment.ts";
import { startFakeCallee } from "./fake-callee.ts";
import { type GatewayCalls, readGatewayCalls } from "./gateway-calls.ts";
import { print, type Ratio, report } from "./report.ts";
import { runLoad } from "./run-load.ts";

/** Reads of images. Only the gateways call images for them. */
const READS = {
  cases: IMAGE_CASES.filter(({ route }) => route.startsWith("GET ")),
  requestsPerSecond: 25,
};
const CALLEE = "images";
const PROCESS = "images-1";
const CALM_MS = 5_000;
const DEAD_MS = 5_000;
const BACK_MS = 3_000;
const RATIO_MAX = 1.05;

/**
 * Ways to be dead. Each takes as long as the callee is dead, and returns how many retries of gRPC
 * the callee saw.
 */
const DEATHS = {
  async killed({ system }: ExperimentEnvironment) {
    await system.process(PROCESS).kill();
    await delay(DEAD_MS);
    return 0; // a closed port: nothing can count the calls
  },
  async frozen({ system }: ExperimentEnvironment) {
    await system.freeze(PROCESS);
    await delay(DEAD_MS);
    return 0; // nothing is answered, so nothing is retried
  },
  async "answering UNAVAILABLE"({ system }: ExperimentEnvironment) {
    const link = system.link(PROCESS);
    await link.setMode({ kind: "refusing" });
    await using fake = await startFakeCallee(link.port);
    await delay(DEAD_MS);
    const { first, again } = fake.counts;
    print(`  the dead callee saw ${first} calls, and ${again} once more`);
    return again;
  },
} as const;

async function revive({ system }: ExperimentEnvironment): Promise<void> {
  await system.link(PROCESS).setMode({ kind: "pass" });
  await system.thaw(PROCESS);
  if (!system.process(PROCESS).isRunning) await system.process(PROCESS).start();
  await system.process(PROCESS).untilReady();
  await delay(BACK_MS);
}

/** Retry and hedge budgets refill slowly. A restarted gateway has full ones. */
async function restartGateways({ system }: ExperimentEnvironment): Promise<void> {
  const gateways = GATEWAYS.map((name) => system.process(name));
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await Promise.all(gateways.map((gateway) => gateway.start()));
  await Promise.all(gateways.map((gateway) => gateway.untilReady()));
}

async function die(environment: ExperimentEnvironment, death: keyof typeof DEATHS): Promise<Ratio> {
  await restartGateways(environment);
  const read = () => readGatewayCalls(environment.system, CALLEE);
  let before: GatewayCalls = { requested: 0, refused: 0, hedged: 0 };
  let after = before;
  let again = 0;
  await runLoad(environment, [READS], {
    async during() {
      await delay(CALM_MS);
      before = await read();
      again = await DEATHS[death](environment);
      after = await read();
      await revive(environment);
    },
  });
  const requested = after.requested - before.requested;
  const refused = after.refused - before.refused;
  const hedged = after.hedged - before.hedged;
  print(
    `  ${death}: ${requested} calls asked for, ${refused} of them not made, ${hedged} hedged, ${again} tried again`,
  );
  return {
    what: `${death}: calls made / asked for`,
    value: (requested - refused + hedged + again) / requested,
    target: { atMost: RATIO_MAX },
  };
}

for (const arm of ARMS) {
  await withEnvironment({ arm }, async (environment) => {
    print(`\nfailure policy ${arm}`);
    const ratios: Ratio[] = [];
    for (const death of Object.keys(DEATHS) as (keyof typeof DEATHS)[]) {
      ratios.push(await die(environment, death));
    }
    report(`a dead callee for 5 s, failure policy ${arm}`, ratios);
  });
}
