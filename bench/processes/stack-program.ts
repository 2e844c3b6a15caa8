import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningProgram, startProgram } from "./child-program.ts";
import { STACK_MAIN } from "./repository.ts";

/** How Triptych is started. */
export interface StackOptions {
  /** Its data folder. */
  readonly data: string;
  /** Whether the services and the gateway are one process. */
  readonly monolith: boolean;
  readonly cpus?: string | undefined;
}

/** Triptych, ready for requests. */
export interface RunningStack {
  readonly url: string;
  readonly program: RunningProgram;
  /** Postgres' own process. */
  readonly postgresPid: number;
}

/** Every request counts against limits that none reaches. */
const LIMITS = {
  GATEWAY_RATE_LIMIT_USER_PER_MINUTE: "1000000000",
  GATEWAY_RATE_LIMIT_ADDRESS_PER_MINUTE: "1000000000",
  GATEWAY_RATE_LIMIT_SIGN_IN_PER_MINUTE: "1000000000",
  GATEWAY_RATE_LIMIT_SIGN_IN_ADDRESS_PER_MINUTE: "1000000000",
} as const;

/** Starts Triptych on a free port, as `pnpm start` does, and waits until it is ready. */
export async function startStack({ data, monolith, cpus }: StackOptions): Promise<RunningStack> {
  const program = startProgram({
    name: monolith ? "triptych-monolith" : "triptych",
    command: [STACK_MAIN, "start", ...(monolith ? ["--monolith"] : [])],
    environment: { ...LIMITS, PORT: "0", TRIPTYCH_DATA: data, LOG_LEVEL: "info" },
    cpus,
  });
  const url = await program.until(() => readyUrl(data));
  const postmaster = await readPostmaster(join(data, "postgres"));
  return { url, program, postgresPid: postmaster.pid };
}

/** Reads the URL from the stack file, which has it once everything is ready. */
async function readyUrl(data: string): Promise<string | undefined> {
  const text = await readFile(join(data, "stack.json"), "utf8").catch(() => "");
  if (text === "") return undefined;
  const { state, url }: { readonly state?: string; readonly url?: string } = JSON.parse(text);
  return state === "ready" ? url : undefined;
}

/** What Postgres writes about itself into its data folder. */
export async function readPostmaster(
  folder: string,
): Promise<{ readonly pid: number; readonly port: number }> {
  const text = await readFile(join(folder, "cluster", "postmaster.pid"), "utf8");
  const [pid, , , port] = text.split("\n");
  return { pid: Number(pid), port: Number(port) };
}

/** Returns the superuser's URL of a database, in the Postgres that runs on a folder. */
export async function superuserUrl(folder: string, database: string): Promise<string> {
  const { port } = await readPostmaster(folder);
  const password = (await readFile(join(folder, "password"), "utf8")).trim();
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}
