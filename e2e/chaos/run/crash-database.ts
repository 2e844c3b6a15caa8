import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ChaosSystem } from "#chaos/system/chaos-system.ts";
import type { Service } from "#chaos/system/chaos-targets.ts";
import { send } from "#chaos/system/process-tree.ts";

const BACK_MS_MAX = 30_000;
const POLL_MS = 5;
const IS_READY = "database system is ready to accept connections";

/**
 * Makes a service's Postgres recover from a crash, as it does when one of its processes crashes.
 * One backend is killed. The server then ends every connection, replays its log, and accepts
 * connections again. Returns when the server logs that.
 */
export async function crashDatabase({ folder }: ChaosSystem, service: Service): Promise<void> {
  const data = join(folder, `${service}-db`);
  const starts = async () =>
    (await readFile(join(data, "server.log"), "utf8")).split(IS_READY).length;
  const before = await starts();
  send(await backendOf(data, service), "SIGKILL");
  const deadline = performance.now() + BACK_MS_MAX;
  while ((await starts()) === before) {
    if (performance.now() > deadline) throw new Error(`${service}'s Postgres does not come back`);
    await delay(POLL_MS);
  }
}

/** Finds the process that serves one of the service's connections. */
async function backendOf(data: string, service: Service): Promise<number> {
  const pidFile = await readFile(join(data, "cluster", "postmaster.pid"), "utf8");
  const [postmaster] = pidFile.split("\n");
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, "utf8");
  for (const pid of children.trim().split(" ").map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""); // it has ended
    if (command.startsWith(`postgres: ${service} ${service} `)) return pid;
  }
  throw new Error(`${service} has no connection to its database`);
}
