/**
 * Locks the data folder of the stack file in the first argument, as a supervisor does. Prints
 * `locked`, and stays.
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
