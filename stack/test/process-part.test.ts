import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "@triptych/chassis/testing/eventually";
import { isRunning } from "#processes/process-identity.ts";
import { ProcessPart, type ProcessPartOptions } from "#processes/process-part.ts";
import { findFreePorts } from "#supervisor/find-free-ports.ts";

const SCRIPT = fileURLToPath(new URL("./fake-process.ts", import.meta.url));

describe("a supervised process", () => {
  const lines: string[] = [];
  let folder: string;
  let part: ProcessPart;
  const pid = () => part.status().pid ?? 0;

  beforeEach(async () => {
    lines.length = 0;
    folder = await mkdtemp(join(tmpdir(), "stack-part-"));
  });
  afterEach(async () => {
    await part.end(AbortSignal.abort());
    await rm(folder, { recursive: true });
  });

  async function createPart(fault = "", others: Partial<ProcessPartOptions> = {}): Promise<void> {
    const [port = 0] = await findFreePorts(1);
    const options = {
      name: "users" as const,
      script: SCRIPT,
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      log: join(folder, "users.log"),
      ...others,
      environment: { READY_PORT: String(port), FAULT: fault, ...others.environment },
    };
    part = new ProcessPart(options, { print: (line) => lines.push(line), changed: () => {} });
  }

  test("is running once it is ready, and has ended once it is stopped", async () => {
    await createPart();
    await part.start();
    const first = pid();
    expect([part.status().state, isRunning(first)]).toEqual(["running", true]);
    await part.stop();
    expect([part.status().state, part.status().pid, isRunning(first)]).toEqual([
      "stopped",
      undefined,
      false,
    ]);
  });

  test("is started again when it dies, and both are printed", async () => {
    await createPart();
    await part.start();
    const first = pid();
    process.kill(first, "SIGKILL");
    await eventually(() => part.status().state === "running" && pid() !== first);
    expect(part.status().restarts).toBe(1);
    expect(lines).toEqual([
      "users was ended by SIGKILL: it is started again in 0.2 s.",
      "users is back.",
    ]);
  });

  test("is given up if it dies three times before it was ready", async () => {
    await createPart("dies");
    await expect(part.start()).rejects.toThrow(
      /^users ended with the code 7, 3 times before it was ready: see .*users\.log\.$/,
    );
    expect(part.status().state).toBe("stopped");
  });

  test("runs without its log if the disk has no room for it", async () => {
    // A folder that is missing fails as a full disk does, at the opening of the log.
    await createPart("", { log: join(folder, "missing", "users.log") });
    await part.start();
    expect(part.status().state).toBe("running");
  });

  test("is tried again, and not given up at once, if it cannot be started now", async () => {
    // More than the system accepts: the start fails as one for want of memory or processes does.
    await createPart("", { environment: { TOO_LONG: "x".repeat(1_000_000) } });
    await expect(part.start()).rejects.toThrow(
      /^users could not be started \(E2BIG\), 3 times before it was ready/,
    );
    expect(lines).toEqual([
      "users could not be started (E2BIG): it is started again in 0.2 s.",
      "users could not be started (E2BIG): it is started again in 0.4 s.",
    ]);
  });

  test("can be frozen, thawed, and stopped while it is frozen", async () => {
    await createPart();
    await part.start();
    await part.freeze();
    expect(part.status().state).toBe("frozen");
    await expect(part.freeze()).rejects.toThrow("users is frozen already.");
    await part.thaw();
    await part.freeze();
    const first = pid();
    await part.stop();
    expect(isRunning(first)).toBe(false);
  });

  test("refuses actions that make no sense in its state", async () => {
    await createPart();
    await expect(part.stop()).rejects.toThrow("users is stopped: there is nothing to stop.");
    await expect(part.thaw()).rejects.toThrow("users is stopped: there is nothing to thaw.");
    await part.start();
    await expect(part.start()).rejects.toThrow("users is running: there is nothing to start.");
    await part.freeze();
    await expect(part.start()).rejects.toThrow("users is frozen: thaw it first.");
  });

  test("cancels a start when it is stopped meanwhile", async () => {
    await createPart("never-ready");
    const starting = part.start();
    starting.catch(() => {});
    await eventually(() => pid() !== 0);
    await part.stop();
    await expect(starting).rejects.toThrow("users was stopped while it was starting.");
    expect(part.status().state).toBe("stopped");
  });

  test("is killed at the end of the stack if the end is hurried", async () => {
    await createPart("hangs");
    await part.start();
    const [first, hurry] = [pid(), new AbortController()];
    const ending = part.end(hurry.signal);
    await eventually(() => part.status().state === "stopping");
    hurry.abort();
    await ending;
    expect(isRunning(first)).toBe(false);
    await expect(part.start()).rejects.toThrow("users is stopped");
  });

  test("answers a message with the next message", async () => {
    await createPart();
    await part.start();
    expect(await part.request({ service: "users", available: false })).toEqual({
      service: "users",
      available: false,
    });
  });
});
