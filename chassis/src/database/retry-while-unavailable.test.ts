import { createLogger } from "#telemetry/logger.ts";
import { DatabaseOutdated, DatabaseUnavailable } from "./database-error.ts";
import { retryWhileUnavailable } from "./retry-while-unavailable.ts";

const lines: string[] = [];
const logger = createLogger({
  service: "test",
  level: "warn",
  destination: { write: (line: string) => void lines.push(line) },
});
beforeEach(() => {
  lines.length = 0;
});

describe("an operation that is retried while the database is unavailable", () => {
  const { signal } = new AbortController();

  test("is retried until it succeeds, and logs each reason", async () => {
    const errors = [new DatabaseUnavailable("nothing answers"), new DatabaseOutdated("too old")];
    await retryWhileUnavailable(
      async () => {
        const error = errors.shift();
        if (error !== undefined) throw error;
      },
      { logger, signal },
    );
    expect(lines.map((line) => JSON.parse(line).detail)).toEqual(["nothing answers", "too old"]);
  });

  test("fails at once with any other error", async () => {
    const defect = new TypeError("a defect");
    const failing = retryWhileUnavailable(() => Promise.reject(defect), { logger, signal });
    await expect(failing).rejects.toBe(defect);
    expect(lines).toEqual([]);
  });

  test("fails with the last error when its time is over", async () => {
    const reasons = [1, 2, 3].map((n) => new DatabaseUnavailable(String(n)));
    let tries = 0;
    const run = () => Promise.reject(reasons[tries++]);
    const error = await retryWhileUnavailable(run, { logger, signal, forMs: 50 }).catch(
      (thrown) => thrown,
    );
    expect(error).toBe(reasons[tries - 1]);
  });

  test("ends when its signal fires, also if the attempt fails", async () => {
    const told = new AbortController();
    const run = async () => {
      told.abort();
      throw new TypeError("the connection was closed under it");
    };
    await expect(retryWhileUnavailable(run, { logger, signal: told.signal })).resolves.toBe(
      undefined,
    );
  });
});
