import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// biome-ignore lint/style/noRestrictedImports: this file belongs to no package that could depend on the stack
import { startPostgres } from "../stack/src/postgres/start-postgres.ts";

/**
 * A shell script that stops the server after the run. It waits for the end of its input, which
 * comes however the run ends, also after kill -9. Then it stops the server by its process id, and
 * removes its folder.
 */
const GUARD = `
cat > /dev/null
kill -INT "$1" 2> /dev/null
while kill -0 "$1" 2> /dev/null; do sleep 0.05; done
rm -rf "$2"
`;

/**
 * Starts one Postgres for the whole run, in a temporary folder. TEST_POSTGRES_URL is the address of
 * its superuser.
 */
export default async function start() {
  const folder = await mkdtemp(join(tmpdir(), "triptych-test-"));
  const server = await startPostgres({ folder, port: 0, durable: false });
  globalThis.postgresGuard = spawn("sh", ["-c", GUARD, "sh", String(server.pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  process.env.TEST_POSTGRES_URL = server.url;
}
