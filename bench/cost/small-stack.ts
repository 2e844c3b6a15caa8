import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { createAccessTokens } from "#baseline/http/access-tokens.ts";
import { BENCH_DATA_FOLDER } from "#processes/repository.ts";
import { type RunningStack, startStack, superuserUrl } from "#processes/stack-program.ts";
import { fillStack } from "#world/fill-stack.ts";
import { hashPassword } from "#world/password.ts";
import { planWorld, type WorldPlan } from "#world/plan-world.ts";
import { PICTURES_SMALL } from "#world/uploaded-pictures.ts";
import { type WorldFolder, worldFolderAt } from "#world/world-folder.ts";

/** A process of the stack. */
export interface StackProcess {
  readonly name: string;
  readonly pid: number;
}

/** Triptych as processes of its own, with a small world. */
export interface SmallStack extends AsyncDisposable {
  readonly url: string;
  /** The services and the gateway, without the worker, which no request waits for. */
  readonly processes: readonly StackProcess[];
  readonly plan: WorldPlan;
  /** An access token of the first user. */
  readonly token: string;
  /** The folder of the processes' logs. */
  readonly logs: string;
  /** The log of Postgres. */
  readonly postgresLog: string;
  /** Switches on and off that Postgres logs each statement. */
  logStatements(isOn: boolean): Promise<void>;
  /**
   * Asks each process whether it lives: when all have answered, the lines of the turns before are
   * written.
   */
  finishTurns(): Promise<void>;
}

/**
 * Many users, so that most images have an owner of their own. The newest images are for the lists,
 * the others for reads of an image that nobody has asked for.
 */
const SIZE = { images: 1_400, comments: 11_000, users: 6_000 } as const;
const SEED = 1;
const TOKEN_SECONDS = 3_600;
const WORKER = "images-worker";

/** Starts a stack on an empty folder, and fills it. The folder is removed with it. */
export async function startSmallStack(report: (line: string) => void): Promise<SmallStack> {
  const folder = join(BENCH_DATA_FOLDER, "cost", `${process.pid}-${randomUUID()}`);
  const paths = worldFolderAt(folder);
  report("starting Triptych");
  let stack: RunningStack | undefined;
  const stop = async () => {
    await stack?.program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    stack = await startStack({ data: paths.triptych, monolith: false });
    const plan = planWorld(SIZE, SEED);
    const passwordHash = await hashPassword();
    await fillStack(stack, { plan, paths, passwordHash, pictures: PICTURES_SMALL, report });
    const processes = await processesOf(paths);
    const healthUrls = processes.map(healthUrlOf);
    return {
      url: stack.url,
      processes,
      plan,
      token: await signToken(plan, paths),
      logs: paths.triptychLogs,
      postgresLog: join(paths.triptychPostgres, "server.log"),
      logStatements: (isOn) => logStatements(paths, isOn),
      finishTurns: () => askAll(healthUrls),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function processesOf({ triptych }: WorldFolder): Promise<readonly StackProcess[]> {
  const text = await readFile(join(triptych, "stack.json"), "utf8");
  const { processes }: { readonly processes: readonly StackProcess[] } = JSON.parse(text);
  return processes.filter(({ name }) => name !== WORKER);
}

function healthUrlOf({ pid }: StackProcess): string {
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  const port = environment.find((one) => one.startsWith("METRICS_PORT="))?.split("=")[1];
  return `http://127.0.0.1:${port}/healthz`;
}

async function askAll(urls: readonly string[]): Promise<void> {
  await Promise.all(urls.map(async (url) => (await fetch(url)).arrayBuffer()));
}

async function signToken({ users }: WorldPlan, { signingKey }: WorldFolder): Promise<string> {
  const { sign } = createAccessTokens(JSON.parse(await readFile(signingKey, "utf8")));
  const [user] = users;
  assert(user !== undefined, "a world has users");
  return await sign({ userId: user.id, sessionId: user.sessionId }, TOKEN_SECONDS);
}

async function logStatements({ triptychPostgres }: WorldFolder, isOn: boolean): Promise<void> {
  const client = new pg.Client({
    connectionString: await superuserUrl(triptychPostgres, "postgres"),
  });
  await client.connect();
  try {
    await client.query(`alter system set log_statement = '${isOn ? "all" : "none"}'`);
    await client.query("select pg_reload_conf()");
  } finally {
    await client.end();
  }
}
