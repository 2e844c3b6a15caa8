import { createSeedData } from "#chaos/load/create-seed-data.ts";
import { LoadBalancer } from "#chaos/network/load-balancer.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { ChaosSystem, type SystemOptions } from "#chaos/system/chaos-system.ts";
import type { SystemProcess } from "#chaos/system/system-process.ts";
import { narrowImages } from "./narrow-images.ts";

/** The arms of an experiment: with the defence, and the control arm without it. */
export const ARMS = ["on", "off"] as const satisfies readonly SystemOptions["failurePolicy"][];

/** The failure policy of a system. */
export type Arm = (typeof ARMS)[number];

/** The environment of an experiment: a running system with its load balancer and seed data. */
export interface ExperimentEnvironment {
  readonly arm: Arm;
  readonly system: ChaosSystem;
  readonly balancer: LoadBalancer;
  readonly seedData: SeedData;
}

/** The options of an environment. */
interface EnvironmentOptions {
  readonly arm: Arm;
  /** Makes images the scarce part of the system: the latency of each way to its database. */
  readonly imagesLinkMs?: number;
}

const SEED = 20_261;
const EXIT_CODE_INTERRUPTED = 130;

/**
 * Starts a system and lends it. Ends every process of it by its id, also when it is interrupted.
 */
export async function withEnvironment<T>(
  { arm, imagesLinkMs }: EnvironmentOptions,
  act: (environment: ExperimentEnvironment) => Promise<T>,
): Promise<T> {
  const system = await ChaosSystem.create({ replicas: 1, failurePolicy: arm });
  let narrowed: SystemProcess | undefined;
  const end = async () => {
    await narrowed?.stop();
    await system.end({ keepData: false });
  };
  const interrupt = () => void end().finally(() => process.exit(EXIT_CODE_INTERRUPTED));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await system.start();
    const balancer = new LoadBalancer(system.gatewayUrls);
    try {
      const seedData = await createSeedData(balancer, SEED);
      if (imagesLinkMs !== undefined) narrowed = await narrowImages(system, imagesLinkMs);
      return await act({ arm, system, balancer, seedData });
    } finally {
      balancer.close();
    }
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await end();
  }
}
