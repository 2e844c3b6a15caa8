import { createBreakerRegistry } from "./breaker-registry.ts";
import { createStatusBoard } from "./status-board.ts";

const { jest } = import.meta;

describe("the status board", () => {
  test("shows services that work, that only read, and that are unreachable", async () => {
    const services = {
      users: async () => "serving" as const,
      images: async () => "read-only" as const,
      comments: async () => {
        throw new Error("connect ECONNREFUSED");
      },
    };
    const board = createStatusBoard(services, createBreakerRegistry());
    expect((await board.read()).map(({ name, state }) => [name, state])).toEqual([
      ["users", "up"],
      ["images", "degraded"],
      ["comments", "down"],
    ]);
  });

  test("shows a service that answers slowly as degraded", async () => {
    jest.useFakeTimers();
    try {
      const well = async () => "serving" as const;
      const slowly = () => new Promise<"serving">((resolve) => setTimeout(resolve, 900, "serving"));
      const services = { users: well, images: slowly, comments: well };
      const board = createStatusBoard(services, createBreakerRegistry());
      const reading = board.read();
      await jest.advanceTimersByTimeAsync(900);
      expect((await reading).map(({ state }) => state)).toEqual(["up", "degraded", "up"]);
    } finally {
      jest.useRealTimers();
    }
  });

  test("shows a service as degraded that answers calls, though its health check is late", async () => {
    const late = async () => {
      throw new Error("no answer in time");
    };
    const registry = createBreakerRegistry();
    const lateButAnswering = async () => {
      registry.observeAnswer("images");
      return await late();
    };
    registry.observeAnswer("comments"); // before its health check
    const services = { users: late, images: lateButAnswering, comments: late };
    const board = createStatusBoard(services, registry);
    expect((await board.read()).map(({ state }) => state)).toEqual(["down", "degraded", "down"]);
  });

  test("waits once for a service that hangs, and shows it as up once it has answered", async () => {
    jest.useFakeTimers();
    try {
      const asked: PromiseWithResolvers<"serving">[] = [];
      const hanging = () => {
        asked.push(Promise.withResolvers<"serving">());
        return asked.at(-1)?.promise as Promise<"serving">;
      };
      const well = async () => "serving" as const;
      const services = { users: well, images: hanging, comments: well };
      const board = createStatusBoard(services, createBreakerRegistry());
      const stateOfImages = async () => (await board.read())[1]?.state;

      const first = stateOfImages();
      asked[0]?.reject(new Error("no answer in time"));
      await expect(first).resolves.toBe("down");
      jest.advanceTimersByTime(1_500);
      await expect(stateOfImages()).resolves.toBe("down");
      expect(asked).toHaveLength(2);
      asked[1]?.resolve("serving");
      await jest.advanceTimersByTimeAsync(0);
      await expect(stateOfImages()).resolves.toBe("up");
    } finally {
      jest.useRealTimers();
    }
  });
});
