/** The trust domain of SPIFFE ids that every process of the system belongs to. */
const TRUST_DOMAIN = "spiffe://triptych/";
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** The URI by which a certificate names a process: `spiffe://triptych/users`. */
export function processUri(name: string): string {
  return `${TRUST_DOMAIN}${name}`;
}

/**
 * Reads which process a certificate names out of its subject alternative names, as Node writes
 * them: `URI:spiffe://triptych/users, DNS:users`. Undefined if they are none, or hold another URI
 * or more than one: a certificate is one process's.
 */
export function processNameOf(subjectAltName: string | undefined): string | undefined {
  // Node puts in quotes what could be taken for two names. Nothing in a certificate of ours needs
  // them.
  if (subjectAltName === undefined || subjectAltName.includes('"')) return undefined;
  const uris = subjectAltName.split(", ").filter((name) => name.startsWith("URI:"));
  const [uri = ""] = uris;
  const name = uri.slice("URI:".length + TRUST_DOMAIN.length);
  return uris.length === 1 && uri === `URI:${processUri(name)}` && NAME.test(name)
    ? name
    : undefined;
}
