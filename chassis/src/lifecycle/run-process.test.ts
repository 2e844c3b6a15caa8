import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

const FIXTURE = fileURLToPath(new URL("run-process.fixture.ts", import.meta.url));
const DRAIN_TIMEOUT_MS_LONG = 60_000;

interface Run {
  readonly child: ChildProcess;
  /** Waits for a message of the fixture, or finds it among earlier ones. */
  readonly message: (wanted: (message: unknown) => boolean) => Promise<unknown>;
  readonly messages: readonly unknown[];
  /** Waits for the exit. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly lines: readonly Record<string, unknown>[];
    readonly stderr: string;
  }>;
}

const runs: Run[] = [];
afterEach(() => {
  for (const { child } of runs.splice(0)) {
    child.kill("SIGKILL");
  }
});

function run(scenario: string, environment: Record<string, string> = {}): Run {
  const child = fork(FIXTURE, {
    silent: true,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: {
      SCENARIO: scenario,
      DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS_LONG),
      ...environment,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const messages: unknown[] = [];
  child.on("message", (message) => messages.push(message));

  const started: Run = {
    child,
    messages,
    message: async (wanted) => {
      while (!messages.some(wanted)) {
        await once(child, "message");
      }
      return messages.find(wanted);
    },
    // Not the event `close`, which never comes after the channel was disconnected from this side.
    ended: Promise.all([
      once(child, "exit"),
      ...[child.stdout, child.stderr].map((stream) => stream && once(stream, "close")),
    ]).then(([[code]]) => {
      const lines = stdout.split("\n").filter((line) => line !== "");
      return { code, stderr, lines: lines.map((line) => JSON.parse(line)) };
    }),
  };
  runs.push(started);
  return started;
}

const isPort = (message: unknown) => typeof message === "number";
const is = (text: string) => (message: unknown) => message === text;

/** Sends the signal again and again until the process has ended. */
async function insist({ child, ended }: Run, signal: NodeJS.Signals) {
  const timer = setInterval(() => child.kill(signal), 20);
  try {
    return await ended;
  } finally {
    clearInterval(timer);
  }
}

function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}

describe("a process", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "lets what runs end on %s, and exits 0",
    async (signal) => {
      const process = run("serves");
      const port = await process.message(isPort);
      const response = fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
      await process.message(is("asked"));
      process.child.kill(signal);

      expect(await (await response).text()).toBe("answered");
      const { code, lines, stderr } = await process.ended;
      expect([code, stderr]).toEqual([0, ""]);
      expect(process.messages).toContain("closed");
      expect(process.messages).not.toContain("cut off");
      expect(lines.map((line) => line.message)).toEqual(["started", "stopping", "stopped"]);
      expect(lines[1]).toMatchObject({ service: "fixture", why: signal });
    },
  );

  test("counts the echoes of one Ctrl-C as one signal", async () => {
    const process = run("serves");
    await process.message(isPort);
    process.child.kill("SIGINT");
    process.child.kill("SIGTERM");
    expect((await process.ended).code).toBe(0);
  });

  test("exits with 1 at once on a later signal", async () => {
    const process = run("never drains");
    await process.message(isPort);
    const { code, lines } = await insist(process, "SIGTERM");
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ level: "warn", signal: "SIGTERM" });
    expect(process.messages).not.toContain("closed");
  });

  test("cuts off a drain that does not end in time, closes, and exits with 0", async () => {
    const process = run("never drains", { DRAIN_TIMEOUT_MS: "50" });
    await process.message(isPort);
    process.child.kill("SIGTERM");
    const { code, lines } = await process.ended;
    expect(code).toBe(0);
    expect(process.messages.slice(-2)).toEqual(["cut off", "closed"]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", step: "drain" }));
  });

  test("logs a failure to stop, and exits with 1", async () => {
    const process = run("fails to close");
    await process.message(isPort);
    process.child.kill("SIGTERM");
    const { code, lines } = await process.ended;
    expect(code).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ message: "it does not close" }) }),
    );
  });

  test("gives up its start on a signal, and exits with 0", async () => {
    const process = run("slow to start");
    await process.message(is("starting"));
    process.child.kill("SIGTERM");
    const { code, stderr } = await process.ended;
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("drains and exits if the supervisor that spawned it is gone", async () => {
    const process = run("serves");
    await process.message(isPort);
    process.child.disconnect();
    const { code, lines } = await process.ended;
    expect(code).toBe(0);
    expect(lines[1]).toMatchObject({ message: "stopping", why: "the supervisor is gone" });
  });

  test("does not outlive a killed supervisor, though its log leads nowhere", async () => {
    const supervisor = run("supervises");
    const port = await supervisor.message(isPort);
    supervisor.child.kill("SIGKILL");
    let isServing = true;
    while (isServing) {
      isServing = await canConnect(Number(port));
    }
    expect(isServing).toBe(false);
  });

  test("writes a sentence for each bad setting, and exits with 78", async () => {
    const secret = "mysql://root:s3cret@db/x";
    const process = run("misconfigured", { FIXTURE_PORT: "x", FIXTURE_DATABASE_URL: secret });
    const { code, stderr, lines } = await process.ended;
    expect(code).toBe(78);
    expect(lines).toEqual([]);
    expect(stderr).toBe(
      "fixture cannot start with these settings:\n" +
        '  FIXTURE_PORT must be a port from 1 to 65535, not "x".\n' +
        "  FIXTURE_DATABASE_URL must be a url that begins with postgres://: it is not such a url.\n",
    );
  });

  test("writes one sentence if its port is in use, and exits with 1", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await run("serves", { PORT: String(port) }).ended;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `fixture cannot start: 127.0.0.1:${port} is in use by another process: stop that one, or choose another port.\n`,
    );
  });

  test.each(["throws", "rejects"])(
    "logs an error that nobody caught once, drains and exits 1: %s",
    async (scenario) => {
      const process = run(scenario);
      const { code, lines, stderr } = await process.ended;
      expect([code, stderr]).toEqual([1, ""]);
      expect(process.messages).toContain("closed");
      const fatal = lines.filter((line) => line.level === "fatal");
      expect(fatal).toHaveLength(1);
      expect(fatal[0]).toMatchObject({ error: { message: "nobody caught it" } });
    },
  );
});
