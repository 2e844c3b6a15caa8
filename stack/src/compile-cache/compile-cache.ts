import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

/**
 * Node's compile cache: modules without types, compiled. The root's package.json names the same
 * folder.
 */
export const COMPILE_CACHE = join(REPOSITORY_FOLDER, "node_modules/.cache/node-compile-cache");

const FILLED_FOR = join(COMPILE_CACHE, "filled-for");
const COMPILE_ALL = fileURLToPath(new URL("../compile-all.ts", import.meta.url));
const COMPILE_MS_MAX = 20_000;
const SOURCES = ["protos/gen", "chassis/src", "services", "gateway/src", "stack/src"];
const NOT_SOURCES = /(?:^|\/)(?:node_modules|test)(?:\/|$)/;

/**
 * Fills the cache unless it is full for the present modules. One process fills it, so that the five
 * processes of the stack need not load the compiler that strips types, which takes 18 MB in each of
 * them. `options` must be those of the processes, because Node keeps a cache for each set of
 * options. Without a cache nothing fails, but every process is larger and starts more slowly.
 */
export async function fillCompileCache(options: readonly string[]): Promise<void> {
  try {
    await mkdir(COMPILE_CACHE, { recursive: true });
    const wanted = `${process.version} ${options.join(" ")} ${await fingerprint()}`;
    if ((await readFile(FILLED_FOR, "utf8").catch(() => "")) === wanted) return;
    const compiler = spawn(process.execPath, [...options, COMPILE_ALL], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE },
      detached: true, // Ctrl-C does not tear the cache: the process ends by itself
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
