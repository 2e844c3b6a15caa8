import { setTimeout as delay } from "node:timers/promises";
import { makeWorld } from "#chaos/load/create-seed-data.ts";
import { startOpenLoop } from "#chaos/load/open-loop.ts";
import { FrontDoor } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { World } from "#chaos/routes/seed-data.ts";
import { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { ChaosSystem, type SystemOptions } from "#chaos/system/chaos-system.ts";

const WORLD_MS_MAX = 60_000;
const WORLD_RETRY_MS = 500;

/** A system that is up, and the balancer in front of it. */
export class Stage {
  readonly system: ChaosSystem;
  readonly frontDoor: FrontDoor;
  #worlds = 0;

  private constructor(system: ChaosSystem) {
    this.system = system;
    this.frontDoor = new FrontDoor(system.gatewayUrls);
  }

  /**
   * Starts a system, and loads it for a while, since what has never run is slow. Leaves nothing
   * behind if that fails.
   */
  static async open(options: SystemOptions, warmUpMs: number): Promise<Stage> {
    const system = await ChaosSystem.create(options);
    try {
      await system.start();
    } catch (error) {
      await system.end({ keepData: true });
      throw error;
    }
    const stage = new Stage(system);
    try {
      await stage.#warmUp(warmUpMs);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /**
   * Makes new people with things of their own, once the system lets them. Each world has another
   * seed, and each run the same.
   */
  async makeWorld(): Promise<World> {
    this.#worlds += 1;
    const deadline = performance.now() + WORLD_MS_MAX;
    for (;;) {
      try {
        return await makeWorld(this.frontDoor, new SeededRandom(this.#worlds));
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(WORLD_RETRY_MS); // the fault before is not quite over
      }
    }
  }

  /** Ends every process, and removes all data unless it is to be kept, with the logs. */
  async close({ keepData = false }: { readonly keepData?: boolean } = {}): Promise<void> {
    this.frontDoor.close();
    await this.system.end({ keepData });
  }

  async #warmUp(ms: number): Promise<void> {
    const world = await this.makeWorld();
    const { frontDoor } = this;
    const load = startOpenLoop({ frontDoor, world, cases: ALL_CASES, requestsPerSecond: 20 });
    await delay(ms);
    await load.stop();
  }
}
