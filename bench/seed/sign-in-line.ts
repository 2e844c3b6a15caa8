import type { SeedWorld } from "#seed/plan/plan-seed-world.ts";
import { PASSWORD_DEFAULT } from "./seed-options.ts";

/** Says as whom to sign in. A password that was given is a secret, and is not printed. */
export function signInLine({ people }: SeedWorld, password: string): string {
  const shown = password === PASSWORD_DEFAULT ? `password "${password}"` : "with your --password";
  return `sign in as ${people[0]?.handle}, ${shown}`;
}
