import { setTimeout as delay } from "node:timers/promises";
import { startClosedLoop } from "#chaos/load/closed-loop.ts";
import { createSeedData } from "#chaos/load/create-seed-data.ts";
import { describeSample, isLost, type Sample } from "#chaos/load/open-loop.ts";
import { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { onLiveMachine } from "#chaos/run/on-live-machine.ts";
import { SERVICES } from "#chaos/system/chaos-targets.ts";
import { NamedSystem } from "#chaos/system/named-system.ts";
import { replicasOf } from "#chaos/system/system-plan.ts";

const TEST_MS_MAX = 180_000;
const SEED = 20_264;
const REPLICAS = 2;
const CLIENTS = 8;
/** The load, as a part of what one replica of each service can do. */
const LOAD = 0.6;
const MEASURED_MS = 5_000;
const UNLIMITED_PER_SECOND = 1_000;
/** Callers have learnt the name, and the share of the new replica is even. */
const SETTLED_MS = 7_000;

/** A drain of a node, as the services see it: one of two replicas goes, and another one comes. */
describe("one of two replicas of every service that is replaced, at 60 % of what one can do", () => {
  let system: NamedSystem;
  let balancer: LoadBalancer;
  let seedData: SeedData;

  beforeAll(async () => {
    system = await NamedSystem.create("on");
    await system.startAll(REPLICAS);
    balancer = new LoadBalancer(system.gatewayUrls);
    seedData = await createSeedData(balancer, SEED);
  }, TEST_MS_MAX);
  afterAll(async () => {
    balancer?.close();
    await system?.end();
  }, TEST_MS_MAX);

  /** Acts under a closed load. Returns every request. */
  async function samplesWhile(
    requestsPerSecond: number,
    act: () => Promise<void>,
  ): Promise<readonly Sample[]> {
    const load = startClosedLoop({
      balancer,
      seedData,
      cases: ALL_CASES,
      clients: CLIENTS,
      requestsPerSecondOfEach: requestsPerSecond / CLIENTS,
    });
    await act().catch(async (error) => {
      await load.stop();
      throw error;
    });
    return await load.stop();
  }

  const listAll = (replicas: (name: string) => boolean) => {
    for (const service of SERVICES) {
      system.list(service, replicasOf(service, REPLICAS).filter(replicas));
    }
  };

  test(
    "costs no request",
    async () =>
      onLiveMachine(async () => {
        listAll((name) => name.endsWith("-1"));
        await delay(SETTLED_MS);
        const measured = await samplesWhile(UNLIMITED_PER_SECOND, () => delay(MEASURED_MS));
        const capacityPerSecond = (measured.length * 1_000) / MEASURED_MS;
        listAll(() => true);
        await delay(SETTLED_MS);

        const samples = await samplesWhile(capacityPerSecond * LOAD, async () => {
          for (const number of [2, 1]) {
            const isLeft = (name: string) => !name.endsWith(`-${number}`);
            const leaving = SERVICES.map((service) => `${service}-${number}`);
            listAll(isLeft);
            await Promise.all(leaving.map((name) => system.process(name).stop()));
            await system.start(leaving);
            listAll(() => true);
            await delay(SETTLED_MS);
          }
        });
        const slowestMs = Math.max(
          ...samples.map(({ intendedMs, endedMs }) => endedMs - intendedMs),
        );
        process.stdout.write(
          `${samples.length} requests, at ${Math.round(capacityPerSecond * LOAD)} a second, the slowest in ${Math.round(slowestMs)} ms\n`,
        );
        expect(samples.filter(isLost).map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );
});
