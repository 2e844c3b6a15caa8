import { setTimeout as delay } from "node:timers/promises";
import { createSeedData } from "#chaos/load/create-seed-data.ts";
import { describeSample, isLost, isRepeatable, type Sample } from "#chaos/load/open-loop.ts";
import { whileLoaded } from "#chaos/load/while-loaded.ts";
import { LoadBalancer } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { SeedData } from "#chaos/routes/seed-data.ts";
import { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { relationOf } from "#chaos/run/promises.ts";
import { SERVICES, type Service } from "#chaos/system/chaos-targets.ts";
import { NamedSystem, REPLICAS_MAX } from "#chaos/system/named-system.ts";
import { servedCalls } from "#chaos/system/served-calls.ts";
import { replicasOf } from "#chaos/system/system-plan.ts";

const TEST_MS_MAX = 120_000;
const SEED = 20_263;
const REQUESTS_PER_SECOND = 20;
/** Until a replica that was killed is started again. */
const AWAY_MS = 400;
/**
 * A new replica has its share by then: several times what it takes, for a machine that does other
 * things besides.
 */
const SHARED_MS_MAX = 30_000;
/** Shares are taken over so long. */
const WINDOW_MS = 3_000;
/**
 * Four callers take turns by themselves: of the few calls in a window, this part of an even share
 * is a replica's own.
 */
const SHARE_MIN = 0.7;
/** Shorter than a connection is kept whose other end does not answer. */
const FROZEN_MS = 9_000;
/**
 * By then a frozen replica is asked no more: several times what it takes, for a machine that does
 * other things besides.
 */
const KNOWN_MS = 2_000;
/**
 * Whoever waited longer than this, and until a replica was back, waited for it: longer than a hedge
 * takes, or a busy machine.
 */
const WAITED_MS = 2_500;

/** A system whose replicas are found by name, with people in it, and a load to put on it. */
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
    return new NamedEnvironment(
      system,
      balancer,
      await createSeedData(balancer, new SeededRandom(SEED)),
    );
  }

  /** Lets every name lead to so many replicas. */
  list(count: number): void {
    for (const service of SERVICES) this.system.list(service, replicasOf(service, count));
  }

  /** Does something under load. Returns the requests that were refused, or failed. */
  async lostWhile(act: () => Promise<void>): Promise<readonly Sample[]> {
    return (await this.samplesWhile(act)).filter(isLost);
  }

  /** Does something under load. Returns every request. */
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
   * Freezes a replica of a service for a while, under load. Returns the requests that were lost, or
   * waited for its return, and from when on it must be known of.
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

  /** The least part of an even share that a replica of a service has, over a while. */
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
    "from one to three of each: the new ones have their share, and no request fails",
    async () => {
      const lost = await environment.lostWhile(async () => {
        await environment.system.start(added);
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
    "a killed replica of %s costs at most the writes that were in flight in it",
    async (service) => {
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
    },
    TEST_MS_MAX,
  );

  test.each(SERVICES)(
    "a frozen replica of %s costs at most the writes that it was given before it was known of",
    async (service) => {
      const { hurt, knownMs } = await environment.hurtByFrozen(service);
      const isExcused = (sample: Sample) =>
        relationOf(sample.case, service) === "needs" &&
        sample.intendedMs <= knownMs &&
        !isRepeatable(sample);
      expect(hurt.filter((sample) => !isExcused(sample)).map(describeSample)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test(
    "one after the other of each is replaced: no request fails",
    async () => {
      const lost = await environment.lostWhile(async () => {
        for (const number of [1, 2, 3]) {
          const names = SERVICES.map((service) => `${service}-${number}`);
          for (const service of SERVICES) {
            const others = replicasOf(service, REPLICAS_MAX).filter((one) => !names.includes(one));
            environment.system.list(service, others);
          }
          await Promise.all(names.map((name) => environment.system.process(name).stop()));
          await environment.system.start(names);
          environment.list(REPLICAS_MAX);
        }
      });
      expect(lost.map(describeSample)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test(
    "from three to one of each: no request fails",
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
    "requests of every kind wait for a frozen replica's return",
    async () => {
      const { hurt, knownMs } = await environment.hurtByFrozen("comments");
      expect(hurt.filter(isRepeatable)).not.toEqual([]);
      expect(hurt.filter(({ intendedMs }) => intendedMs > knownMs)).not.toEqual([]);
    },
    TEST_MS_MAX,
  );
});
