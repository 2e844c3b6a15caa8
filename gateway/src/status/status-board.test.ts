import { createBreakerRegistry } from "./breaker-registry.ts";
import { createStatusBoard } from "./status-board.ts";

describe("the status board", () => {
  it("shows who does all its work, who only reads, and who cannot be asked", async () => {
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
});
