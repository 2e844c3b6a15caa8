import { setTimeout as delay } from "node:timers/promises";
import { IMAGE_CASES } from "#chaos/routes/image-cases.ts";
import { GATEWAYS } from "#chaos/system/system-plan.ts";
import { ARMS, onStage, type Stage } from "./experiment-environment.ts";
import { startDeadStandIn } from "./fake-callee.ts";
import { type GatewayCalls, readGatewayCalls } from "./gateway-calls.ts";
import { type Ratio, report, say } from "./report.ts";
import { playLoad } from "./run-load.ts";

/** Reading images, for which nobody but the gateways calls images. */
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
 * Ways to be dead. Each takes as long as the callee is dead, and gives how many calls it saw that
 * were sent again by gRPC.
 */
const DEATHS = {
  async killed({ system }: Stage) {
    await system.process(PROCESS).kill();
    await delay(DEAD_MS);
    return 0; // they meet a closed port: nobody is there to count
  },
  async frozen({ system }: Stage) {
    await system.freeze(PROCESS);
    await delay(DEAD_MS);
    return 0; // nothing is answered, so nothing is tried again
  },
  async "answering UNAVAILABLE"({ system }: Stage) {
    const link = system.link(PROCESS);
    await link.setMode({ kind: "refusing" });
    await using standIn = await startDeadStandIn(link.port);
    await delay(DEAD_MS);
    const { first, again } = standIn.counts;
    say(`  the dead callee saw ${first} calls, and ${again} once more`);
    return again;
  },
} as const;

async function revive({ system }: Stage): Promise<void> {
  await system.link(PROCESS).setMode({ kind: "pass" });
  await system.thaw(PROCESS);
  if (!system.process(PROCESS).isRunning) await system.process(PROCESS).start();
  await system.process(PROCESS).untilReady();
  await delay(BACK_MS);
}

/** Budgets of extra calls refill slowly: a gateway that starts again has full ones. */
async function restartGateways({ system }: Stage): Promise<void> {
  const gateways = GATEWAYS.map((name) => system.process(name));
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await Promise.all(gateways.map((gateway) => gateway.start()));
  await Promise.all(gateways.map((gateway) => gateway.untilReady()));
}

async function die(stage: Stage, death: keyof typeof DEATHS): Promise<Ratio> {
  await restartGateways(stage);
  const read = () => readGatewayCalls(stage.system, CALLEE);
  let before: GatewayCalls = { asked: 0, refused: 0, hedged: 0 };
  let after = before;
  let again = 0;
  await playLoad(stage, [READS], {
    async during() {
      await delay(CALM_MS);
      before = await read();
      again = await DEATHS[death](stage);
      after = await read();
      await revive(stage);
    },
  });
  const asked = after.asked - before.asked;
  const refused = after.refused - before.refused;
  const hedged = after.hedged - before.hedged;
  say(
    `  ${death}: ${asked} calls asked for, ${refused} of them not made, ${hedged} hedged, ${again} tried again`,
  );
  return {
    what: `${death}: calls made / asked for`,
    value: (asked - refused + hedged + again) / asked,
    target: { atMost: RATIO_MAX },
  };
}

for (const arm of ARMS) {
  await onStage({ arm }, async (stage) => {
    say(`\nfailure policy ${arm}`);
    const ratios: Ratio[] = [];
    for (const death of Object.keys(DEATHS) as (keyof typeof DEATHS)[]) {
      ratios.push(await die(stage, death));
    }
    report(`a dead callee for 5 s, failure policy ${arm}`, ratios);
  });
}
