/**
 * Locks the data folder whose stack file is the first argument, as a supervisor does, says so, and
 * stays.
 */
import { startControlServer } from "#control/control-server.ts";
import { lockDataFolder } from "#control/stack-lock.ts";

const { port, token } = await startControlServer(async () => ({ ok: true, parts: [] }));
await lockDataFolder(process.argv[2] ?? "", {
  pid: process.pid,
  state: "ready",
  topology: "split",
  url: null,
  control: { port, token },
  processes: [{ name: "users", pid: 1 }],
});
process.stdout.write("locked\n");
