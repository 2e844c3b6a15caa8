import { makeAccessTokenKeys, makeDatabaseSecrets } from "./secrets.ts";

/**
 * Prints new secrets for `kubectl create -f -`, which refuses to replace any; with `--databases`
 * those of components/postgres-plain too.
 */
const databases = process.argv.includes("--databases") ? makeDatabaseSecrets() : [];
const items = [...makeAccessTokenKeys(), ...databases];
process.stdout.write(
  `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`,
);
