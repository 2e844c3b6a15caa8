import type { Environment } from "@triptych/chassis/configuration/read-configuration";

/**
 * What a process may see of the supervisor's own environment. A proxy, PGHOST or NODE_OPTIONS would
 * only lead it astray.
 */
const PASSED_ON = /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|NODE_EXTRA_CA_CERTS)$/;

/**
 * The beginning of the variables that are meant for one process: `images-worker` →
 * `IMAGES_WORKER_`.
 */
function prefixOf(name: string): string {
  return `${name.toUpperCase().replaceAll("-", "_")}_`;
}

/**
 * The variables of the environment with that beginning, without it: `GATEWAY_CORS_ORIGINS` →
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

/** Gives each setting the beginning that `ownSettings` takes away. */
export function withPrefix(
  settings: Readonly<Record<string, string>>,
  name: string,
): Record<string, string> {
  const prefix = prefixOf(name);
  return Object.fromEntries(
    Object.entries(settings).map(([variable, value]) => [`${prefix}${variable}`, value]),
  );
}

/** The part of the environment that every process gets. */
export function passedOn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && PASSED_ON.test(entry[0]),
    ),
  );
}
