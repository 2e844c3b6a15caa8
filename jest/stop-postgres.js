import { once } from "node:events";

/**
 * Lets the guard of start-postgres.js end the server and remove its folder, and waits until it has.
 */
export default async function stop() {
  const guard = globalThis.postgresGuard;
  const ended = once(guard, "close");
  guard.stdin.end();
  await ended;
}
