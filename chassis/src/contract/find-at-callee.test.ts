import { status } from "@grpc/grpc-js";
import { findAtCallee } from "./find-at-callee.ts";
import { RETRY_AFTER_MS } from "./retry-after.ts";
import { RpcError } from "./rpc-error.ts";

const LOOKUP = { callee: "echoes", notFound: "ECHO_NOT_FOUND" };

function findWhenCalleeThrows(error: unknown) {
  return findAtCallee(LOOKUP, () => Promise.reject(error));
}

describe("findAtCallee", () => {
  test("returns what the callee answers", async () => {
    expect(await findAtCallee(LOOKUP, async () => "an echo")).toBe("an echo");
  });

  test("returns undefined if the callee's reason says that there is none", async () => {
    const error = new RpcError(status.NOT_FOUND, "none", { reason: "ECHO_NOT_FOUND" });
    expect(await findWhenCalleeThrows(error)).toBeUndefined();
  });

  test("rethrows a NOT_FOUND without that reason: the method may be unknown", async () => {
    for (const reason of ["", "OTHER_NOT_FOUND"]) {
      const error = new RpcError(status.NOT_FOUND, "no such method", { reason });
      await expect(findWhenCalleeThrows(error)).rejects.toBe(error);
    }
  });

  test.each([
    ["is down", status.UNAVAILABLE],
    ["does not answer in time", status.DEADLINE_EXCEEDED],
    ["is broken", status.INTERNAL],
    ["sheds the call", status.RESOURCE_EXHAUSTED],
    ["is no longer waited for", status.CANCELLED],
  ])("throws DEPENDENCY_UNAVAILABLE if the callee %s, and no word of it", async (_what, code) => {
    const cause = new RpcError(code, "10.0.0.7:8082 is not there");
    const failure = findWhenCalleeThrows(cause);
    await expect(failure).rejects.toMatchObject({
      reason: "DEPENDENCY_UNAVAILABLE",
      metadata: { service: "echoes" },
      retryAfterMs: RETRY_AFTER_MS,
      cause,
    });
    await expect(failure).rejects.not.toThrow(/10\.0\.0\.7/);
  });

  test("passes on how long the callee or its breaker says to wait", async () => {
    const error = new RpcError(status.UNAVAILABLE, "not asked", { retryAfterMs: 321 });
    await expect(findWhenCalleeThrows(error)).rejects.toMatchObject({ retryAfterMs: 321 });
  });

  test("rethrows any other answer, and what is no answer at all", async () => {
    for (const error of [
      new RpcError(status.PERMISSION_DENIED, "not for you", { reason: "NOT_OWNER" }),
      new TypeError("a defect"),
    ]) {
      await expect(findWhenCalleeThrows(error)).rejects.toBe(error);
    }
  });
});
