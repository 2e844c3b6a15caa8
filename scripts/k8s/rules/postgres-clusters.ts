import { nameOf, ofKind, type Rendering } from "#k8s/manifest.ts";
import type { PostgresCluster } from "#k8s/pods.ts";
import { findPoolerViolations } from "./poolers.ts";

const INSTANCES_MIN = 2;
/** Connections that the role of a service leaves to the operator, a backup and people. */
const RESERVED = 10;
/** Labels that the operator sets on its pods. */
const OPERATORS = /^(app\.kubernetes\.io|cnpg\.io)\//;

/** The fields of objects that refer to a cluster, or are referred to by it. */
interface BackupPlan {
  readonly spec: { readonly cluster?: { readonly name?: string } };
}

/**
 * Finds CloudNativePG clusters that would lose data, or that a service does not find. No package
 * has the schema of an ObjectStore, so only its existence is checked: the plugin finds what is
 * wrong in it.
 */
export function findPostgresClusterViolations(rendering: Rendering): string[] {
  const ofClusters = ofKind<PostgresCluster>(rendering, "Cluster").flatMap((cluster) =>
    violationsOf(rendering, cluster).map((violation) => `${nameOf(cluster)}: ${violation}`),
  );
  return [...ofClusters, ...findPoolerViolations(rendering)];
}

function violationsOf(rendering: Rendering, { metadata, spec }: PostgresCluster): string[] {
  const { name } = metadata;
  const service = name.replace(/-database$/, "");
  const { database, owner } = spec.bootstrap?.initdb ?? {};
  const stores = ofKind(rendering, "ObjectStore").map((store) => store.metadata.name);
  const plans = ofKind<BackupPlan>(rendering, "ScheduledBackup");
  const archiver = spec.plugins?.find(({ isWALArchiver }) => isWALArchiver === true);
  const violations = [];
  if ((spec.instances ?? 1) < INSTANCES_MIN) violations.push("has no standby: set instances: 3");
  if (database !== service || owner !== service) {
    violations.push(`its database and owner are ${database} and ${owner}, not ${service}`);
  }
  if (spec.inheritedMetadata?.labels?.database !== name) {
    violations.push(
      "its pods have not the label database with its name, so no NetworkPolicy finds them",
    );
  }
  if (Object.keys(spec.inheritedMetadata?.labels ?? {}).some((key) => OPERATORS.test(key))) {
    violations.push(
      "hands down labels that the operator sets itself: which value its pods get is open",
    );
  }
  if (spec.postgresql?.parameters?.max_connections === undefined) {
    violations.push("says no max_connections, so there is no connection budget");
  }
  violations.push(...roleViolations(spec, service));
  if (spec.resources === undefined || spec.storage?.size === undefined) {
    violations.push("says not how much it may take: set resources and storage");
  }
  if (!stores.includes(archiver?.parameters?.barmanObjectName ?? "")) {
    violations.push("archives no log, or to an ObjectStore that is not there");
  }
  if (!plans.some((plan) => plan.spec.cluster?.name === name))
    violations.push("is never backed up");
  return violations;
}

/** The role of a service may connect to its own database only, and not take every connection. */
function roleViolations({ bootstrap, postgresql }: PostgresCluster["spec"], service: string) {
  const violations = [];
  const [own, others] = postgresql?.pg_hba ?? [];
  const isOwn = own === `host ${service} ${service} all scram-sha-256`;
  if (!isOwn || others !== `host all ${service} all reject`) {
    violations.push(`its role may connect to other databases: let pg_hba reject ${service} there`);
  }
  const prefix = `alter role ${service} connection limit `;
  const limit = bootstrap?.initdb?.postInitApplicationSQL?.find((sql) => sql.startsWith(prefix));
  const max = Number(postgresql?.parameters?.max_connections ?? 0) - RESERVED;
  if (!(Number(limit?.slice(prefix.length)) <= max)) {
    violations.push(`its role may take every connection: set ${prefix}N, with N up to ${max}`);
  }
  return violations;
}
