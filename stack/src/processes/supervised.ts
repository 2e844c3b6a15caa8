/**
 * Loaded before a process's own module (`node --import`). Ends the process when its supervisor has
 * ended in any way. The process itself does not know the stack.
 */
import { flushCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Longer than any drain. */
const DRAIN_MS_MAX = 20_000;
/**
 * By then all modules are loaded. Node writes the cache at exit, but not when the process is
 * killed.
 */
const FLUSH_AFTER_MS = 3_000;

/** By then the process is ready, and its start is garbage. */
const TRIM_AFTER_MS = 5_000;

/**
 * Returns the memory of the start to the system: 20 to 25 MB of each process. A collection of the
 * last resort also shrinks the young generation, which no other one does. It takes some 50 ms.
 */
function trimMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  Reflect.apply(collect, undefined, [{ type: "major", execution: "sync", flavor: "last-resort" }]);
}

process.on("disconnect", () => {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), DRAIN_MS_MAX).unref();
  process.kill(process.pid, "SIGTERM");
});
// The channel must not keep the process running.
process.channel?.unref();
setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
setTimeout(trimMemory, TRIM_AFTER_MS).unref();
