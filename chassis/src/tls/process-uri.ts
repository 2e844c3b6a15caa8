/** The SPIFFE trust domain of every process of the system. */
const TRUST_DOMAIN = "spiffe://triptych/";
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * Returns the URI that names a process in its certificate, a SPIFFE id: `spiffe://triptych/users`.
 */
export function processUri(name: string): string {
  return `${TRUST_DOMAIN}${name}`;
}

/**
 * Reads the name of the process out of the subject alternative names of a certificate, as Node
 * formats them: `URI:spiffe://triptych/users, DNS:users`. Returns undefined unless they have
 * exactly one URI, and a valid one: a certificate belongs to one process.
 */
export function processNameOf(subjectAltName: string | undefined): string | undefined {
  // Node quotes a name that could pass for two. No certificate of this system needs quotes.
  if (subjectAltName === undefined || subjectAltName.includes('"')) return undefined;
  const uris = subjectAltName.split(", ").filter((name) => name.startsWith("URI:"));
  const [uri = ""] = uris;
  const name = uri.slice("URI:".length + TRUST_DOMAIN.length);
  return uris.length === 1 && uri === `URI:${processUri(name)}` && NAME.test(name)
    ? name
    : undefined;
}
