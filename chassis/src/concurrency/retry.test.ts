import { exponentialBackoff, jittered } from "./exponential-backoff.ts";
import { type RetryPolicy, retry } from "./retry.ts";

const POLICY: RetryPolicy = {
  attemptsMax: 3,
  delayMs: () => 0,
  isRetryable: () => true,
  signal: undefined,
};

/** An operation that fails as often as there are errors, and notes each attempt's number. */
function failing(...errors: readonly unknown[]) {
  const attempts: number[] = [];
  const operation = async (attempt: number) => {
    attempts.push(attempt);
    if (attempt <= errors.length) throw errors[attempt - 1];
    return "done";
  };
  return { attempts, operation };
}

describe("an operation that is retried", () => {
  test("runs again until it succeeds", async () => {
    const { attempts, operation } = failing("first", "second");
    await expect(retry(operation, POLICY)).resolves.toBe("done");
    expect(attempts).toEqual([1, 2, 3]);
  });

  test("fails with the last error after the last attempt", async () => {
    const { attempts, operation } = failing("first", "second", "third", "fourth");
    await expect(retry(operation, POLICY)).rejects.toBe("third");
    expect(attempts).toEqual([1, 2, 3]);
  });

  test("fails at once with an error that is not retryable", async () => {
    const { attempts, operation } = failing("passing", "lasting");
    const isRetryable = (error: unknown) => error === "passing";
    await expect(retry(operation, { ...POLICY, isRetryable })).rejects.toBe("lasting");
    expect(attempts).toEqual([1, 2]);
  });

  test("reports each retry with the pause before it", async () => {
    const { operation } = failing("first", "second");
    const reports: unknown[] = [];
    const onRetry = (error: unknown, delayMs: number) => void reports.push([error, delayMs]);
    await retry(operation, { ...POLICY, delayMs: (attempt) => attempt * 2, onRetry });
    expect(reports).toEqual([
      ["first", 2],
      ["second", 4],
    ]);
  });

  test("is not attempted again once the signal has fired", async () => {
    const { attempts, operation } = failing("first");
    const signal = AbortSignal.abort();
    await expect(retry(operation, { ...POLICY, signal })).rejects.toBe("first");
    expect(attempts).toEqual([1]);
  });

  test("ends its pause when the signal fires", async () => {
    const { attempts, operation } = failing("first");
    const leaving = new AbortController();
    const retried = retry(operation, {
      ...POLICY,
      delayMs: () => 60_000,
      signal: leaving.signal,
      onRetry: () => setImmediate(() => leaving.abort()),
    });
    await expect(retried).rejects.toBe("first");
    expect(attempts).toEqual([1]);
  });
});

describe("an exponential backoff", () => {
  test("doubles up to its limit", () => {
    const delayMs = exponentialBackoff({ firstMs: 100, maxMs: 500 });
    expect([1, 2, 3, 4, 5_000].map(delayMs)).toEqual([100, 200, 400, 500, 500]);
  });

  test("is spread over the whole pause by jitter", () => {
    const pauses = Array.from({ length: 1_000 }, () => jittered(100));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pauses)).toBeLessThan(100);
    expect(new Set(pauses).size).toBeGreaterThan(900);
  });
});
