import { setTimeout as delay } from "node:timers/promises";
import { createSeedData } from "#chaos/load/create-seed-data.ts";
import { describeSample, isLost, isRepeatable, type Sample } from "#chaos/load/open-loop.ts";
import { whileLoaded } from "#chaos/load/while-loaded.ts";
import { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { checkLedger } from "#chaos/run/check-ledger.ts";
import { crashDatabase } from "#chaos/run/crash-database.ts";
import { onLiveMachine } from "#chaos/run/on-live-machine.ts";
import { ChaosSystem } from "#chaos/system/chaos-system.ts";
import { SERVICES, type Service } from "#chaos/system/chaos-targets.ts";
import { GATEWAYS, replicasOf } from "#chaos/system/system-plan.ts";

const TEST_MS_MAX = 120_000;
const SEED = 20_262;
const REPLICAS = 2;
const REQUESTS_PER_SECOND = 20;
/** The pause before a killed replica is started again, and after a database is back. */
const AWAY_MS = 400;
/** Well below the shortest deadline of a read, so that each read can wait for it. */
const RESTART_MS = 150;
/** Well beyond every deadline of a read. */
const OUTAGE_MS = 2_500;
/** The promise is a second. The other second is for a busy machine. */
const RECOVERY_MS_MAX = 2_000;
/** The time limit for the end of a fault's consequences. */
const WHOLE_MS_MAX = 10_000;

describe("two replicas of everything, under load", () => {
  let system: ChaosSystem;
  let balancer: LoadBalancer;
  let seedData: SeedData;

  beforeAll(async () => {
    system = await ChaosSystem.create({ replicas: REPLICAS, failurePolicy: "on" });
    await system.start();
    balancer = new LoadBalancer(system.gatewayUrls);
    seedData = await createSeedData(balancer, SEED);
  }, TEST_MS_MAX);

  afterAll(async () => {
    balancer?.close();
    await system?.end({ keepData: false });
  }, TEST_MS_MAX);

  function underLoad(act: () => Promise<void>): Promise<readonly Sample[]> {
    const requestsPerSecond = REQUESTS_PER_SECOND;
    return whileLoaded({ balancer, seedData, cases: ALL_CASES, requestsPerSecond }, act);
  }

  const names = SERVICES.flatMap((service) => replicasOf(service, REPLICAS));
  const isRead = (sample: Sample) => sample.case.route.startsWith("GET ");

  /** A gateway that drains gives this answer, until the load balancers know it. */
  const reportsDrain = ({ case: { route }, detail }: Sample) =>
    route === "GET /readyz" && detail.startsWith("503");

  async function restartInTurn(): Promise<void> {
    for (const name of [...names, ...GATEWAYS]) {
      expect([name, await system.process(name).stop()]).toEqual([name, 0]);
      await system.process(name).start();
      await system.process(name).untilReady();
    }
  }

  test(
    "a rolling restart of every service and gateway fails no request",
    async () =>
      onLiveMachine(async () => {
        const lost = (await underLoad(restartInTurn))
          .filter(isLost)
          .filter((sample) => !reportsDrain(sample));
        expect(lost.map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  test.each(SERVICES)(
    "a killed replica of %s costs at most the writes in flight in it",
    async (service) =>
      onLiveMachine(async () => {
        const [name = ""] = replicasOf(service, REPLICAS);
        let [killMs, goneMs] = [0, 0];
        const samples = await underLoad(async () => {
          killMs = performance.now();
          await system.process(name).kill();
          goneMs = performance.now();
          await delay(AWAY_MS);
          await system.process(name).start();
          await system.process(name).untilReady();
        });
        const wasInFlight = ({ intendedMs, endedMs }: Sample) =>
          intendedMs <= goneMs && endedMs >= killMs;
        const excused = (sample: Sample) => wasInFlight(sample) && !isRepeatable(sample);
        const lost = samples.filter(isLost).filter((sample) => !excused(sample));
        expect(lost.map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  /** Takes a service's database away for a time. Returns the reads that were not answered. */
  async function readsLostTo(service: Service, awayMs: number): Promise<readonly string[]> {
    const link = system.link(`${service}-db`);
    const samples = await underLoad(async () => {
      await link.setMode({ kind: "refusing" });
      await delay(awayMs);
      await link.setMode({ kind: "pass" });
      await delay(AWAY_MS);
    });
    return samples.filter(isRead).filter(isLost).map(describeSample);
  }

  /** Waits until a short load loses no request: breakers are closed, connections are open again. */
  async function untilNoneIsLost(): Promise<void> {
    const deadline = performance.now() + WHOLE_MS_MAX;
    for (;;) {
      const lost = (await underLoad(async () => {})).filter(isLost);
      if (lost.length === 0) return;
      if (performance.now() > deadline) throw new Error(lost.map(describeSample).join("\n"));
    }
  }

  test.each(SERVICES)(
    "no read fails when %s loses its connections to its database",
    async (service) =>
      onLiveMachine(async () => {
        expect(await readsLostTo(service, RESTART_MS)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  test(
    "control: reads fail when a database is away for longer than their deadline",
    async () => {
      expect(await readsLostTo("users", OUTAGE_MS)).not.toEqual([]);
      await untilNoneIsLost();
    },
    TEST_MS_MAX,
  );

  test.each(SERVICES)(
    "while the Postgres of %s replays its log requests are at most refused, and soon after none is",
    async (service) =>
      onLiveMachine(async () => {
        let backMs = 0;
        const samples = await underLoad(async () => {
          await crashDatabase(system, service);
          backMs = performance.now();
          await delay(RECOVERY_MS_MAX);
        });
        const isLate = ({ intendedMs }: Sample) => intendedMs > backMs + RECOVERY_MS_MAX;
        const bad = samples.filter(
          (sample) => sample.class === "failed" || (isLate(sample) && isLost(sample)),
        );
        expect(bad.map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  test(
    "at the end everything acknowledged is there, and nothing twice",
    async () => {
      expect(await checkLedger(balancer, seedData)).toEqual([]);
      expect(seedData.ledger.acknowledgedCount).toBeGreaterThan(0);
    },
    TEST_MS_MAX,
  );
});
