import type { Environment } from "@triptych/chassis/configuration/read-configuration";

/**
 * The variables of the supervisor's own environment that a process may see. A proxy, PGHOST or
 * NODE_OPTIONS would change its behaviour.
 */
const PASSED_ON = /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|NODE_EXTRA_CA_CERTS)$/;

/** The prefix of the variables for one process: `images-worker` → `IMAGES_WORKER_`. */
function prefixOf(name: string): string {
  return `${name.toUpperCase().replaceAll("-", "_")}_`;
}

/**
 * Returns the variables with the prefix of a process, without the prefix: `GATEWAY_CORS_ORIGINS` →
 * `CORS_ORIGINS`.
 */
export function ownSettings(environment: Environment, name: string): Record<string, string> {
  const prefix = prefixOf(name);
  return Object.fromEntries(
    Object.entries(environment)
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .filter(([variable]) => variable.startsWith(prefix))
      .map(([variable, value]) => [variable.slice(prefix.length), value]),
  );
}

/** Adds the prefix that `ownSettings` removes to each setting. */
export function withPrefix(
  settings: Readonly<Record<string, string>>,
  name: string,
): Record<string, string> {
  const prefix = prefixOf(name);
  return Object.fromEntries(
    Object.entries(settings).map(([variable, value]) => [`${prefix}${variable}`, value]),
  );
}

/** Returns the part of the environment that every process gets. */
export function passedOn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && PASSED_ON.test(entry[0]),
    ),
  );
}
