import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

/**
 * Where Node keeps modules with their types stripped and their code compiled. The same folder as in
 * the root's package.json.
 */
export const COMPILE_CACHE = join(REPOSITORY_FOLDER, "node_modules/.cache/node-compile-cache");

const FILLED_FOR = join(COMPILE_CACHE, "filled-for");
const COMPILE_ALL = fileURLToPath(new URL("../compile-all.ts", import.meta.url));
const COMPILE_MS_MAX = 20_000;
const SOURCES = ["protos/gen", "chassis/src", "services", "gateway/src", "stack/src"];
const NOT_SOURCES = /(?:^|\/)(?:node_modules|test)(?:\/|$)/;

/**
 * Fills the cache unless that has been done for the modules as they are now, by one process, so
 * that the five that stay need not load the compiler that strips types: it takes 18 MB of each for
 * ever. `options` must be those of the processes, or Node takes the cache for another's. Nothing
 * fails without a cache; all is only larger and slower.
 */
export async function fillCompileCache(options: readonly string[]): Promise<void> {
  try {
    await mkdir(COMPILE_CACHE, { recursive: true });
    const wanted = `${process.version} ${options.join(" ")} ${await fingerprint()}`;
    if ((await readFile(FILLED_FOR, "utf8").catch(() => "")) === wanted) return;
    const compiler = spawn(process.execPath, [...options, COMPILE_ALL], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE },
      detached: true, // Ctrl-C does not tear the cache: it ends by itself
      stdio: "ignore",
      timeout: COMPILE_MS_MAX,
    });
    const [code] = await once(compiler, "exit");
    if (code === 0) await writeFile(FILLED_FOR, wanted);
  } catch {
    // The folder belongs to another user.
  }
}

/** Changes when a module is written, added or removed. */
async function fingerprint(): Promise<string> {
  const times = await Promise.all(SOURCES.map(modificationTimes));
  const all = times.flat();
  return `${all.length} ${all.reduce((sum, time) => sum + time, 0)}`;
}

async function modificationTimes(source: string): Promise<readonly number[]> {
  const folder = join(REPOSITORY_FOLDER, source);
  const names = await readdir(folder, { recursive: true });
  const modules = names.filter((name) => name.endsWith(".ts") && !NOT_SOURCES.test(name));
  return Promise.all(modules.map(async (name) => (await stat(join(folder, name))).mtimeMs));
}
