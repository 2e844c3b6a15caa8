import { setTimeout as delay } from "node:timers/promises";
import { createSeedData } from "#chaos/load/create-seed-data.ts";
import { startOpenLoop } from "#chaos/load/open-loop.ts";
import { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { ChaosSystem, type SystemOptions } from "#chaos/system/chaos-system.ts";

/** The test environment: a running system with a load balancer in front of it. */
export class ChaosEnvironment {
  readonly system: ChaosSystem;
  readonly balancer: LoadBalancer;
  #seedDataCount = 0;

  private constructor(system: ChaosSystem) {
    this.system = system;
    this.balancer = new LoadBalancer(system.gatewayUrls);
  }

  /**
   * Starts a system, and warms it up under load, because the first runs of code are slow. Leaves
   * nothing behind if that fails.
   */
  static async open(options: SystemOptions, warmUpMs: number): Promise<ChaosEnvironment> {
    const system = await ChaosSystem.create(options);
    try {
      await system.start();
    } catch (error) {
      await system.end({ keepData: true });
      throw error;
    }
    const environment = new ChaosEnvironment(system);
    try {
      await environment.#warmUp(warmUpMs);
      return environment;
    } catch (error) {
      await environment.close();
      throw error;
    }
  }

  /**
   * Creates new seed data as soon as the system allows it. Each seed data has another random seed,
   * the same in each run.
   */
  async createSeedData(): Promise<SeedData> {
    this.#seedDataCount += 1;
    return await createSeedData(this.balancer, this.#seedDataCount);
  }

  /** Ends every process. Removes all data and logs unless `keepData`. */
  async close({ keepData = false }: { readonly keepData?: boolean } = {}): Promise<void> {
    this.balancer.close();
    await this.system.end({ keepData });
  }

  async #warmUp(ms: number): Promise<void> {
    const seedData = await this.createSeedData();
    const { balancer } = this;
    const load = startOpenLoop({ balancer, seedData, cases: ALL_CASES, requestsPerSecond: 20 });
    await delay(ms);
    await load.stop();
  }
}
