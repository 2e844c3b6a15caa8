import { setTimeout as delay } from "node:timers/promises";
import { makeWorld } from "#chaos/load/create-seed-data.ts";
import { describeSample, isLost, isRepeatable, type Sample } from "#chaos/load/open-loop.ts";
import { whileLoaded } from "#chaos/load/while-loaded.ts";
import { FrontDoor } from "#chaos/network/load-balancer.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { World } from "#chaos/routes/seed-data.ts";
import { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { relationOf } from "#chaos/run/promises.ts";
import { NamedSystem, REPLICAS_MAX } from "#chaos/system/named-system.ts";
import { servedCalls } from "#chaos/system/served-calls.ts";
import { replicasOf } from "#chaos/system/system-plan.ts";
import { SERVICES, type Service } from "#chaos/system/targets.ts";

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
class Scene {
  readonly system: NamedSystem;
  readonly #frontDoor: FrontDoor;
  readonly #world: World;

  private constructor(system: NamedSystem, frontDoor: FrontDoor, world: World) {
    this.system = system;
    this.#frontDoor = frontDoor;
    this.#world = world;
  }

  static async open(failurePolicy: "on" | "off", replicas: number): Promise<Scene> {
    const system = await NamedSystem.create(failurePolicy);
    await system.startAll(replicas);
    const frontDoor = new FrontDoor(system.gatewayUrls);
    return new Scene(system, frontDoor, await makeWorld(frontDoor, new SeededRandom(SEED)));
  }

  /** Lets every name lead to so many replicas. */
  list(count: number): void {
    for (const service of SERVICES) this.system.list(service, replicasOf(service, count));
  }

  /** Does something under load. Returns the requests that were refused, or failed. */
  async lostWhile(act: () => Promise<void>): Promise<readonly Sample[]> {
    return (await this.playedWhile(act)).filter(isLost);
  }

  /** Does something under load. Returns every request. */
  async playedWhile(act: () => Promise<void>): Promise<readonly Sample[]> {
    return await whileLoaded(
      {
        frontDoor: this.#frontDoor,
        world: this.#world,
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
    const samples = await this.playedWhile(async () => {
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
    this.#frontDoor.close();
    await this.system.end();
  }
}

const added = SERVICES.flatMap((service) => replicasOf(service, REPLICAS_MAX).slice(1));

describe("replicas that are found by name, under load", () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open("on", 1);
  }, TEST_MS_MAX);
  afterAll(() => scene?.close(), TEST_MS_MAX);

  test(
    "from one to three of each: the new ones have their share, and no request fails",
    async () => {
      const lost = await scene.lostWhile(async () => {
        await scene.system.start(added);
        scene.list(REPLICAS_MAX);
        const deadline = performance.now() + SHARED_MS_MAX;
        let share = 0;
        while (share < SHARE_MIN && performance.now() < deadline) {
          share = await scene.leastShare("images");
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
      const lost = await scene.lostWhile(async () => {
        killMs = performance.now();
        await scene.system.process(name).kill();
        goneMs = performance.now();
        await delay(AWAY_MS);
        await scene.system.start([name]);
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
      const { hurt, knownMs } = await scene.hurtByFrozen(service);
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
      const lost = await scene.lostWhile(async () => {
        for (const number of [1, 2, 3]) {
          const names = SERVICES.map((service) => `${service}-${number}`);
          for (const service of SERVICES) {
            const others = replicasOf(service, REPLICAS_MAX).filter((one) => !names.includes(one));
            scene.system.list(service, others);
          }
          await Promise.all(names.map((name) => scene.system.process(name).stop()));
          await scene.system.start(names);
          scene.list(REPLICAS_MAX);
        }
      });
      expect(lost.map(describeSample)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test(
    "from three to one of each: no request fails",
    async () => {
      const lost = await scene.lostWhile(async () => {
        scene.list(1);
        const codes = await Promise.all(added.map((name) => scene.system.process(name).stop()));
        expect(codes.filter((code) => code !== 0)).toEqual([]);
      });
      expect(lost.map(describeSample)).toEqual([]);
    },
    TEST_MS_MAX,
  );
});

describe("the control arm, without the failure policy", () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open("off", REPLICAS_MAX);
  }, TEST_MS_MAX);
  afterAll(() => scene?.close(), TEST_MS_MAX);

  test(
    "requests of every kind wait for a frozen replica's return",
    async () => {
      const { hurt, knownMs } = await scene.hurtByFrozen("comments");
      expect(hurt.filter(isRepeatable)).not.toEqual([]);
      expect(hurt.filter(({ intendedMs }) => intendedMs > knownMs)).not.toEqual([]);
    },
    TEST_MS_MAX,
  );
});
