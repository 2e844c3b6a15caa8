import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { CalleeHealth } from "#rpc/transport.ts";
import { CalleeLiveness } from "./callee-liveness.ts";

const { jest } = import.meta;

const TIMEOUT_MS = 1_000;

describe("whether a callee can work", () => {
  let checks: PromiseWithResolvers<CalleeHealth>[];
  let liveness: CalleeLiveness;

  beforeEach(() => {
    jest.useFakeTimers();
    checks = [];
    liveness = new CalleeLiveness({
      health() {
        const check = Promise.withResolvers<CalleeHealth>();
        checks.push(check);
        return check.promise;
      },
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Asks, lets some of the time pass, then does `meanwhile`, and returns the answer. */
  async function ask(meanwhile: () => void): Promise<boolean> {
    const asked = liveness.isServing(TIMEOUT_MS);
    await jest.advanceTimersByTimeAsync(TIMEOUT_MS / 2);
    meanwhile();
    await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
    return await asked;
  }

  test("is said by its health check, as long as a call may take", async () => {
    await expect(ask(() => checks[0]?.resolve("serving"))).resolves.toBe(true);
  });

  test("is not so if its health check is silent, fails, or says that it is not", async () => {
    await expect(ask(() => {})).resolves.toBe(false);
    checks[0]?.reject(new RpcError(status.UNAVAILABLE, "lost"));
    await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
    await expect(ask(() => checks[1]?.resolve("not-serving"))).resolves.toBe(false);
    await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
    await expect(ask(() => checks[2]?.resolve("read-only"))).resolves.toBe(true);
  });

  test("is shown by an answer to any call since the check began, though the check is late", async () => {
    await expect(ask(() => liveness.answered())).resolves.toBe(true);
  });

  test("is not shown by an answer from before the check", async () => {
    liveness.answered();
    await jest.advanceTimersByTimeAsync(1);
    await expect(ask(() => {})).resolves.toBe(false);
  });
});
