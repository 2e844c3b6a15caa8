import { FrontDoor } from "#chaos/load/front-door.ts";
import { SeededRandom } from "#chaos/load/seeded-random.ts";
import { makeWorld } from "#chaos/routes/make-world.ts";
import type { World } from "#chaos/routes/world.ts";
import { ChaosSystem, type SystemOptions } from "#chaos/system/chaos-system.ts";

/** With the defence, and the same system without it: the control arm. */
export const ARMS = ["on", "off"] as const satisfies readonly SystemOptions["failurePolicy"][];

/** What the failure policy of a system is. */
export type Arm = (typeof ARMS)[number];

/** A running system, and who and what there is in it. */
export interface Stage {
  readonly arm: Arm;
  readonly system: ChaosSystem;
  readonly frontDoor: FrontDoor;
  readonly world: World;
}

const EXIT_CODE_INTERRUPTED = 130;

/** Starts a system, lends it, and ends every process of it by its number, also when it is interrupted. */
export async function onStage<T>(
  { arm, seed }: { readonly arm: Arm; readonly seed: number },
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const system = await ChaosSystem.create({ replicas: 1, failurePolicy: arm });
  const interrupt = () => {
    void system.end({ keepData: false }).finally(() => process.exit(EXIT_CODE_INTERRUPTED));
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await system.start();
    const frontDoor = new FrontDoor(system.gatewayUrls);
    try {
      const world = await makeWorld(frontDoor, new SeededRandom(seed));
      return await play({ arm, system, frontDoor, world });
    } finally {
      frontDoor.close();
    }
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await system.end({ keepData: false });
  }
}

/**
 * Each way of the link to the database of images takes so long, in milliseconds. A pool of 10 connections then does some 50 statements a
 * second on any machine, so that ten times as many requests are within reach of the gateways and of the load itself.
 */
const IMAGES_LINK_MS = 100;

/** Makes images the scarce part of the system. */
export async function narrowImages({ system }: Stage): Promise<void> {
  await system.link("images-db").setMode({ kind: "slow", delayMs: IMAGES_LINK_MS });
}
