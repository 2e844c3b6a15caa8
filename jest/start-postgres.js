import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// biome-ignore lint/style/noRestrictedImports: the workspace itself is no package that depends on the stack
import { startPostgres } from "../stack/src/postgres/start-postgres.ts";

/**
 * Waits for its input to end, which happens however the run ends, kill -9 included; then ends the
 * server by its number and removes its folder.
 */
const GUARD = `
cat > /dev/null
kill -INT "$1" 2> /dev/null
while kill -0 "$1" 2> /dev/null; do sleep 0.05; done
rm -rf "$2"
`;

/**
 * Starts one Postgres for the whole run, in a folder that goes with it; TEST_POSTGRES_URL is its
 * superuser's.
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
