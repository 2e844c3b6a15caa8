import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePorts } from "#supervisor/find-free-ports.ts";
import { outcomeOf, spawnStack } from "./run-stack.ts";

const TEST_MS_MAX = 120_000;
const PAUSE_MS = 20;

/** Where somebody signs up, and as whom. */
interface SignUp {
  readonly url: string;
  readonly handle: string;
}

/** Returns the status and the code of the answer, or that nothing listens yet. */
async function signUp({ url, handle }: SignUp): Promise<string> {
  const body = { handle, email: `${handle}@example.org`, password: "a lighthouse on Skye" };
  try {
    const answer = await fetch(`${url}/v1/users`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { code }: { code?: string } = JSON.parse(await answer.text());
    return `${answer.status} ${code ?? ""}`.trim();
  } catch {
    return "nothing listens";
  }
}

describe("the very first start", () => {
  let folder: string;
  let child: ChildProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-first-"));
  });
  afterEach(async () => {
    const outcome = outcomeOf(child);
    child.kill("SIGTERM");
    await outcome;
    await rm(folder, { recursive: true, force: true });
  });

  test.each([["split"], ["monolith"]])(
    "answers everybody who signs up with 503 until users is ready, and never with 500 (%s)",
    async (topology) => {
      const [port = 0] = await findFreePorts(1);
      const options = topology === "monolith" ? ["--monolith"] : [];
      const environment = { TRIPTYCH_DATA: folder, PORT: String(port) };
      child = spawnStack(["start", ...options], environment);
      const pending: Promise<string>[] = [];
      let opened = false;
      while (!opened && child.exitCode === null) {
        const handle = `first_${pending.length}`;
        const answer = signUp({ url: `http://127.0.0.1:${port}`, handle });
        pending.push(answer);
        void answer.then((text) => {
          opened ||= text === "201";
        });
        await delay(PAUSE_MS);
      }
      const answers = new Set(await Promise.all(pending));
      const early = ["nothing listens", "503 SERVICE_UNAVAILABLE"];
      expect([...answers].filter((answer) => !early.includes(answer))).toEqual(["201"]);
    },
    TEST_MS_MAX,
  );
});
