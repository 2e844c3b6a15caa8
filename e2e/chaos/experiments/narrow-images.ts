import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HOST } from "#chaos/network/loopback-ports.ts";
import type { ChaosSystem } from "#chaos/system/chaos-system.ts";
import { SystemProcess } from "#chaos/system/system-process.ts";

/** The connections to the database of images. A statement passes the link twice. */
const IMAGES_POOL_MAX = "2";
const REPLACED = "images-1";

/**
 * Makes images the scarce part of a system: restarts it with a small connection pool, over a slow
 * link to its database. Returns the new process, which the caller must end.
 */
export async function narrowImages(system: ChaosSystem, linkMs: number): Promise<SystemProcess> {
  const environment = await environmentOf(system);
  await system.process(REPLACED).stop();
  const narrow = new SystemProcess({
    name: "images-narrow",
    script: resolve("services/images/src/main.ts"),
    environment: { ...environment, DATABASE_POOL_MAX: IMAGES_POOL_MAX },
    readyUrl: `http://${HOST}:${environment.METRICS_PORT}/readyz`,
    log: join(system.folder, "images-narrow.log"),
  });
  await narrow.start();
  await narrow.untilReady();
  await system.link("images-db").setMode({ kind: "slow", delayMs: linkMs });
  return narrow;
}

/**
 * Reads the settings that the process was started with. Only for a frozen process are the ids
 * known.
 */
async function environmentOf(system: ChaosSystem): Promise<Record<string, string>> {
  await system.freeze(REPLACED);
  const [pid] = system.process(REPLACED).frozen;
  const text = await readFile(`/proc/${pid}/environ`, "utf8");
  await system.thaw(REPLACED);
  const lines = text.split("\0").filter((line) => line.includes("="));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
