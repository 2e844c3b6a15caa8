import { SeededRandom } from "#chaos/routes/seeded-random.ts";
import { ChaosSystem } from "#chaos/system/chaos-system.ts";

const START_MS_MAX = 120_000;
const SEED = 20_261;

describe("processes that start and stop in any order", () => {
  const random = new SeededRandom(SEED);
  let system: ChaosSystem;

  beforeAll(async () => {
    system = await ChaosSystem.create({ replicas: 1, failurePolicy: "on" });
  });
  afterAll(() => system.end({ keepData: false }), START_MS_MAX);

  const isDatabase = (name: string) => name.endsWith("-db");
  const start = (names: readonly string[]) =>
    Promise.all(names.map((name) => system.process(name).start()));
  const untilReady = (names: readonly string[]) =>
    Promise.all(names.map((name) => system.process(name).untilReady()));

  test(
    "each process becomes ready without its callees",
    async () => {
      const databases = system.names.filter(isDatabase);
      await start(databases);
      await untilReady(databases);
      for (const name of random.shuffled(system.names.filter((one) => !isDatabase(one)))) {
        await start([name]);
        await untilReady([name]);
      }
    },
    START_MS_MAX,
  );

  test(
    "each process ends with exit code 0, in any order",
    async () => {
      const codes: [string, number | null][] = [];
      for (const name of random.shuffled(system.names)) {
        codes.push([name, await system.process(name).stop()]);
      }
      expect(codes.filter(([, code]) => code !== 0)).toEqual([]);
    },
    START_MS_MAX,
  );

  test(
    "processes that start before their database wait for it, and then become ready",
    async () => {
      await start(random.shuffled(system.names.filter((name) => !isDatabase(name))));
      await untilReady(["gateway-1", "gateway-2"]);
      for (const url of system.gatewayUrls) {
        expect((await fetch(`${url}/v1/images`)).status).toBe(503);
      }
      await start(random.shuffled(system.names.filter(isDatabase)));
      await untilReady(system.names);
    },
    START_MS_MAX,
  );
});
