import type { Manifest } from "./manifest.ts";

/**
 * The package that has the schemas of a group. The groups of Kubernetes itself are in one package.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  "cert-manager.io": "@kubernetes-models/cert-manager",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "postgresql.cnpg.io": "@kubernetes-models/cloudnative-pg",
};
/** A group whose schemas no package has. The rules check the fields that they know. */
const WITHOUT_SCHEMA = "barmancloud.cnpg.io";

/**
 * Returns the module that has the schema of an object's kind. Undefined if nobody publishes one.
 */
export function schemaModuleOf({ apiVersion, kind }: Manifest): string | undefined {
  const [group = ""] = apiVersion.split("/");
  if (group === WITHOUT_SCHEMA) return undefined;
  return `${PACKAGES[group] ?? "kubernetes-models"}/${apiVersion}/${kind}`;
}
