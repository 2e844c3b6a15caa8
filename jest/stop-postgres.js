import { once } from "node:events";

/**
 * Ends the guard of start-postgres.js, which stops the server and removes its folder, and waits for
 * it.
 */
export default async function stop() {
  const guard = globalThis.postgresGuard;
  const ended = once(guard, "close");
  guard.stdin.end();
  await ended;
}
