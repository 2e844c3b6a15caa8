/**
 * Loaded before a process's own module (`node --import`): ends the process when its supervisor is
 * gone, however that went. The process itself knows nothing of the stack.
 */
import { flushCompileCache } from "node:module";

/** Longer than any drain. */
const DRAIN_MS_MAX = 20_000;
/** By then all modules are loaded. A process that is killed writes no cache at its end. */
const FLUSH_AFTER_MS = 3_000;

process.on("disconnect", () => {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), DRAIN_MS_MAX).unref();
  process.kill(process.pid, "SIGTERM");
});
// The channel alone keeps no process running.
process.channel?.unref();
setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
