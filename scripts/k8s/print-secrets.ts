import { makeAccessTokenKeys, makeDatabaseSecrets } from "./secrets.ts";

/**
 * Prints new secrets for `kubectl create -f -`, which refuses to replace existing ones. With
 * `--databases` it also prints those of components/postgres-plain.
 */
const databases = process.argv.includes("--databases") ? makeDatabaseSecrets() : [];
const items = [...makeAccessTokenKeys(), ...databases];
process.stdout.write(
  `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`,
);
