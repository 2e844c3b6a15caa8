import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Of util-linux. The first is the copy in the image of the container, beside its library. */
const PRLIMIT_PATHS = ["/app/bin/prlimit", "/usr/bin/prlimit", "/bin/prlimit"];
/** The highest: of all processes the kernel kills this one first if memory runs out. */
const OOM_SCORE_ADJ_MAX = "1000";
const KIBIBYTE = 1024;

/** Limits the memory of a process that has started. Throws if the kernel cannot be asked. */
export type LimitMemory = (pid: number) => Promise<void>;

/**
 * Returns a function that lets the kernel keep the memory of a process within `bytes` more than it
 * has, by RLIMIT_DATA, and makes it the first to be killed. Undefined where there is no `prlimit`,
 * as on macOS. RLIMIT_AS is no use: Node reserves more address space than any machine has memory.
 * Nor is a fixed RLIMIT_DATA: it counts what V8 reserves for code (512 MiB), too.
 */
export function createMemoryLimit(bytes: number): LimitMemory | undefined {
  const prlimit = PRLIMIT_PATHS.find(isExecutable);
  if (prlimit === undefined) return undefined;
  return async function limitMemory(pid) {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kibibytes = /^VmData:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) throw new Error(`/proc/${pid}/status shows no VmData`);
    const limit = Number(kibibytes) * KIBIBYTE + bytes;
    const environment = { LD_LIBRARY_PATH: dirname(prlimit) };
    await run(prlimit, [`--pid=${pid}`, `--data=${limit}`, "--core=0"], { env: environment });
    await writeFile(`/proc/${pid}/oom_score_adj`, OOM_SCORE_ADJ_MAX);
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return process.platform === "linux";
  } catch {
    return false; // the caller reports that there is none
  }
}
