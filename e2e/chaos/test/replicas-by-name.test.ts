import { setTimeout as delay } from "node:timers/promises";
import { createSeedData } from "#chaos/load/create-seed-data.ts";
import { describeSample, isLost, isRepeatable, type Sample } from "#chaos/load/open-loop.ts";
import { whileLoaded } from "#chaos/load/while-loaded.ts";
import { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { onLiveMachine } from "#chaos/run/on-live-machine.ts";
import { relationOf } from "#chaos/run/promises.ts";
import { SERVICES, type Service } from "#chaos/system/chaos-targets.ts";
import { NamedSystem, REPLICAS_MAX } from "#chaos/system/named-system.ts";
import { servedCalls } from "#chaos/system/served-calls.ts";
import { replicasOf } from "#chaos/system/system-plan.ts";

const TEST_MS_MAX = 120_000;
const SEED = 20_263;
const REQUESTS_PER_SECOND = 20;
/** The pause before a killed replica is started again. */
const AWAY_MS = 400;
/** A new replica has its share by then: several times the usual time, for a busy machine. */
const SHARED_MS_MAX = 30_000;
/** The time over which shares are measured. */
const WINDOW_MS = 3_000;
/**
 * Four callers balance independently. A replica must get this part of an even share of the few
 * calls in a window.
 */
const SHARE_MIN = 0.7;
/** Shorter than the time that a connection without answers is kept. */
const FROZEN_MS = 9_000;
/**
 * By then a frozen replica gets no more calls: several times the usual time, for a busy machine.
 */
const KNOWN_MS = 2_000;
/**
 * A request that took longer than this, and ended after a replica's return, waited for it: longer
 * than a hedge takes, or a busy machine.
 */
const WAITED_MS = 2_500;

/**
 * A system whose replicas are found by name (service discovery by DNS), with seed data and a load.
 */
class NamedEnvironment {
  readonly system: NamedSystem;
  readonly #balancer: LoadBalancer;
  readonly #seedData: SeedData;

  private constructor(system: NamedSystem, balancer: LoadBalancer, seedData: SeedData) {
    this.system = system;
    this.#balancer = balancer;
    this.#seedData = seedData;
  }

  static async open(failurePolicy: "on" | "off", replicas: number): Promise<NamedEnvironment> {
    const system = await NamedSystem.create(failurePolicy);
    await system.startAll(replicas);
    const balancer = new LoadBalancer(system.gatewayUrls);
    return new NamedEnvironment(system, balancer, await createSeedData(balancer, SEED));
  }

  /** Makes every name resolve to the first `count` replicas. */
  list(count: number): void {
    for (const service of SERVICES) this.system.list(service, replicasOf(service, count));
  }

  /** Acts under load. Returns the requests that were refused, or failed. */
  async lostWhile(act: () => Promise<void>): Promise<readonly Sample[]> {
    return (await this.samplesWhile(act)).filter(isLost);
  }

  /** Acts under load. Returns every request. */
  async samplesWhile(act: () => Promise<void>): Promise<readonly Sample[]> {
    return await whileLoaded(
      {
        balancer: this.#balancer,
        seedData: this.#seedData,
        cases: ALL_CASES,
        requestsPerSecond: REQUESTS_PER_SECOND,
      },
      act,
    );
  }

  /**
   * Freezes a replica of a service for a while, under load. Returns the requests that were lost or
   * waited for its return, and the time at which the callers must know of it.
   */
  async hurtByFrozen(
    service: Service,
  ): Promise<{ readonly hurt: readonly Sample[]; readonly knownMs: number }> {
    const name = `${service}-2`;
    let [knownMs, thawedMs] = [0, 0];
    const samples = await this.samplesWhile(async () => {
      await this.system.freeze(name);
      knownMs = performance.now() + KNOWN_MS;
      await delay(FROZEN_MS);
      thawedMs = performance.now();
      await this.system.thaw(name);
    });
    const hasWaited = ({ intendedMs, endedMs }: Sample) =>
      intendedMs < thawedMs && endedMs > Math.max(thawedMs, intendedMs + WAITED_MS);
    return { hurt: samples.filter((sample) => isLost(sample) || hasWaited(sample)), knownMs };
  }

  /** Returns the least share of a service's replicas over a while, as a part of an even share. */
  async leastShare(service: Service): Promise<number> {
    const names = replicasOf(service, REPLICAS_MAX);
    const read = () => Promise.all(names.map((name) => servedCalls(this.system.metricsUrl(name))));
    const before = await read();
    await delay(WINDOW_MS);
    const served = (await read()).map((count, index) => count - (before[index] ?? 0));
    const all = served.reduce((sum, one) => sum + one, 0);
    return Math.min(...served.map((one) => (one * names.length) / all));
  }

  async close(): Promise<void> {
    this.#balancer.close();
    await this.system.end();
  }
}

const added = SERVICES.flatMap((service) => replicasOf(service, REPLICAS_MAX).slice(1));

describe("replicas that are found by name, under load", () => {
  let environment: NamedEnvironment;

  beforeAll(async () => {
    environment = await NamedEnvironment.open("on", 1);
  }, TEST_MS_MAX);
  afterAll(() => environment?.close(), TEST_MS_MAX);

  test(
    "scaling from one to three replicas gives each its share of calls and fails no request",
    async () => {
      const lost = await environment.lostWhile(async () => {
        // One after another: six processes that compile at once leave the others no processor.
        for (const name of added) await environment.system.start([name]);
        environment.list(REPLICAS_MAX);
        const deadline = performance.now() + SHARED_MS_MAX;
        let share = 0;
        while (share < SHARE_MIN && performance.now() < deadline) {
          share = await environment.leastShare("images");
        }
        expect(share).toBeGreaterThanOrEqual(SHARE_MIN);
      });
      expect(lost.map(describeSample)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test.each(SERVICES)(
    "a killed replica of %s costs at most the writes in flight in it",
    async (service) =>
      onLiveMachine(async () => {
        const name = `${service}-2`;
        let [killMs, goneMs] = [0, 0];
        const lost = await environment.lostWhile(async () => {
          killMs = performance.now();
          await environment.system.process(name).kill();
          goneMs = performance.now();
          await delay(AWAY_MS);
          await environment.system.start([name]);
        });
        const isExcused = (sample: Sample) =>
          sample.intendedMs <= goneMs && sample.endedMs >= killMs && !isRepeatable(sample);
        expect(lost.filter((sample) => !isExcused(sample)).map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  test.each(SERVICES)(
    "a frozen replica of %s costs at most the writes sent to it before it was noticed",
    async (service) =>
      onLiveMachine(async () => {
        const { hurt, knownMs } = await environment.hurtByFrozen(service);
        const isExcused = (sample: Sample) =>
          relationOf(sample.case, service) === "needs" &&
          sample.intendedMs <= knownMs &&
          !isRepeatable(sample);
        expect(hurt.filter((sample) => !isExcused(sample)).map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  test(
    "replacing the replicas one after the other fails no request",
    async () =>
      onLiveMachine(async () => {
        const lost = await environment.lostWhile(async () => {
          for (const number of [1, 2, 3]) {
            const names = SERVICES.map((service) => `${service}-${number}`);
            for (const service of SERVICES) {
              const others = replicasOf(service, REPLICAS_MAX).filter(
                (one) => !names.includes(one),
              );
              environment.system.list(service, others);
            }
            await Promise.all(names.map((name) => environment.system.process(name).stop()));
            await environment.system.start(names);
            environment.list(REPLICAS_MAX);
          }
        });
        expect(lost.map(describeSample)).toEqual([]);
      }),
    TEST_MS_MAX,
  );

  test(
    "scaling from three replicas to one fails no request",
    async () => {
      const lost = await environment.lostWhile(async () => {
        environment.list(1);
        const codes = await Promise.all(
          added.map((name) => environment.system.process(name).stop()),
        );
        expect(codes.filter((code) => code !== 0)).toEqual([]);
      });
      expect(lost.map(describeSample)).toEqual([]);
    },
    TEST_MS_MAX,
  );
});

describe("the control arm, without the failure policy", () => {
  let environment: NamedEnvironment;

  beforeAll(async () => {
    environment = await NamedEnvironment.open("off", REPLICAS_MAX);
  }, TEST_MS_MAX);
  afterAll(() => environment?.close(), TEST_MS_MAX);

  test(
    "requests of every kind wait for a frozen replica without the failure policy",
    async () => {
      const { hurt, knownMs } = await environment.hurtByFrozen("comments");
      expect(hurt.filter(isRepeatable)).not.toEqual([]);
      expect(hurt.filter(({ intendedMs }) => intendedMs > knownMs)).not.toEqual([]);
    },
    TEST_MS_MAX,
  );
});
