import type { SettingViolation } from "#configuration/configuration-error.ts";
import { isLoopback } from "#configuration/loopback.ts";
import type { Configuration } from "#configuration/read-configuration.ts";
import { PEER_FIELDS } from "#configuration/service-settings.ts";

/** The settings of mutual TLS. */
export type PeerSettings = Configuration<typeof PEER_FIELDS>;

/**
 * The addresses that a process listens on and dials, by the setting's variable: a host, or the
 * `host:port` of each replica.
 */
type PeerAddresses = Readonly<Record<string, string | readonly string[] | undefined>>;

const FILES = ["tlsCertificateFile", "tlsKeyFile", "tlsCaFile"] as const;
const FILE_VARIABLES = FILES.map((name) => PEER_FIELDS[name].variable);

/**
 * Returns the violations of incomplete TLS settings, and, without TLS, of addresses beyond loopback
 * that ALLOW_PLAINTEXT does not allow.
 */
export function findPeerViolations(
  settings: Partial<PeerSettings>,
  addresses: PeerAddresses,
): readonly SettingViolation[] {
  const missing = FILES.filter((name) => settings[name] === undefined);
  if (missing.length === 0) return [];
  if (missing.length < FILES.length) {
    return missing.map((name) => ({
      variable: PEER_FIELDS[name].variable,
      message: `is not set: ${FILE_VARIABLES.join(", ")} are set together, or none of them`,
    }));
  }
  return settings.allowPlaintext ? [] : findPlaintextViolations(addresses);
}

function findPlaintextViolations(addresses: PeerAddresses): SettingViolation[] {
  return Object.entries(addresses).flatMap(([variable, value = []]) => {
    const far = [value].flat().find((address) => !isLoopback(hostOf(address)));
    if (far === undefined) return [];
    const remedy = `set ${FILE_VARIABLES.join(", ")}, or ALLOW_PLAINTEXT=true if everything that reaches that network is trusted`;
    const message = `must name loopback, such as 127.0.0.1, as long as there is no TLS, not "${far}": ${remedy}`;
    return [{ variable, message }];
  });
}

/** Returns the host of an address with or without a port. */
function hostOf(address: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([^:]+):\d+$/, "$1");
}
