/**
 * Loaded before a process's own module (`node --import`). Ends the process when its supervisor has
 * ended in any way. The process itself does not know the stack.
 */
import { flushCompileCache } from "node:module";

/** Longer than any drain. */
const DRAIN_MS_MAX = 20_000;
/**
 * By then all modules are loaded. Node writes the cache at exit, but not when the process is
 * killed.
 */
const FLUSH_AFTER_MS = 3_000;

process.on("disconnect", () => {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), DRAIN_MS_MAX).unref();
  process.kill(process.pid, "SIGTERM");
});
// The channel must not keep the process running.
process.channel?.unref();
setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
