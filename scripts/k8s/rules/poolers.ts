import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { databaseAddressOf } from "#k8s/database-of.ts";
import { containersOf, nameOf, ofKind, type Rendering, workloadsOf } from "#k8s/manifest.ts";
import { mayConnect } from "#k8s/network-policies.ts";
import { type PostgresCluster, podsIn } from "#k8s/pods.ts";
import { isBudgetOf, type Pooler, podsOfPooler, poolersIn } from "#k8s/poolers.ts";
import { programOf } from "#k8s/programs.ts";

const INSTANCES_MIN = 2;
/**
 * The parameters of PgBouncer that our promises depend on; times in seconds. docs/decisions/0012
 * has the reasons.
 */
const SECONDS_MAX: Readonly<Record<string, number>> = {
  query_wait_timeout: 1,
  server_connect_timeout: 2,
  server_login_retry: 1,
};
/** Programs that hold state in a session: an advisory lock, or the settings of the queue. */
const SESSIONS = /-(migrate|worker)$/;
const STRANGER = { name: "a stranger", labels: { "app.kubernetes.io/name": "?" }, ports: [] };

/**
 * Finds poolers that would break a promise that holds without them, and programs that must not
 * connect through one.
 */
export function findPoolerViolations(rendering: Rendering): string[] {
  return [
    ...poolersIn(rendering).flatMap((pooler) =>
      [
        ...settingViolations(rendering, pooler),
        ...podViolations(rendering, pooler),
        ...policyViolations(rendering, pooler),
      ].map((violation) => `${nameOf(pooler)}: ${violation}`),
    ),
    ...sessionViolations(rendering),
  ];
}

function settingViolations(rendering: Rendering, { spec }: Pooler): string[] {
  const { parameters = {}, poolMode } = spec.pgbouncer;
  const violations = [];
  if (spec.type !== "rw") violations.push("leads elsewhere than to the primary: set type: rw");
  if (poolMode !== "transaction")
    violations.push("holds a connection for each client: set transaction");
  for (const [name, max] of Object.entries(SECONDS_MAX)) {
    if (!(Number(parameters[name]) <= max))
      violations.push(`calls would hang: set ${name}: "${max}"`);
  }
  if (!(Number(parameters.max_prepared_statements) > 0)) {
    violations.push("refuses named statements: set max_prepared_statements");
  }
  if (!parameters.ignore_startup_parameters?.split(",").includes("statement_timeout")) {
    violations.push("refuses the services' connections: let it ignore statement_timeout");
  }
  if (spec.serviceTemplate?.spec?.sessionAffinity !== "ClientIP") {
    violations.push("requests to cancel a query may reach another instance: set sessionAffinity");
  }
  const cluster = ofKind<PostgresCluster>(rendering, "Cluster").find(
    ({ metadata }) => metadata.name === spec.cluster.name,
  );
  if (cluster === undefined) return [...violations, `there is no Cluster ${spec.cluster.name}`];
  const { owner, postInitApplicationSQL = [] } = cluster.spec.bootstrap?.initdb ?? {};
  if (!postInitApplicationSQL.some((sql) => isLimit(sql, owner))) {
    violations.push(`nothing limits a statement: let the Cluster set it for the role ${owner}`);
  }
  return violations;
}

function isLimit(sql: string, owner: string | undefined): boolean {
  return sql.startsWith(`alter role ${owner} set statement_timeout = `);
}

function podViolations(rendering: Rendering, pooler: Pooler): string[] {
  const { instances = 1, deploymentStrategy, template } = pooler.spec;
  const violations = [];
  if (instances < INSTANCES_MIN) violations.push("is one pod, without which nothing is written");
  if (deploymentStrategy?.rollingUpdate?.maxUnavailable !== 0) {
    violations.push("takes a pod away before the new one is ready: set maxUnavailable: 0");
  }
  if ((template?.spec?.topologySpreadConstraints ?? []).length === 0) {
    violations.push("may have all its pods on one node: spread them (topologySpreadConstraints)");
  }
  const container = template?.spec?.containers.find(({ name }) => name === "pgbouncer");
  const { requests = {}, limits = {} } = container?.resources ?? {};
  if ([requests.cpu, requests.memory, limits.cpu, limits.memory].includes(undefined)) {
    violations.push("says not how much it may take: set requests and limits of pgbouncer");
  }
  const budgets = ofKind<IPodDisruptionBudget>(rendering, "PodDisruptionBudget");
  if (!budgets.some((budget) => isBudgetOf(budget, pooler))) {
    violations.push("may lose all its pods to one maintenance: add a PodDisruptionBudget");
  }
  return violations;
}

/**
 * The workloads that have its address may reach it, and it may reach its cluster: nobody else, and
 * nothing else.
 */
function policyViolations(rendering: Rendering, pooler: Pooler): string[] {
  if (ofKind(rendering, "NetworkPolicy").length === 0) return [];
  const own = podsOfPooler(pooler);
  const clients = workloadsOf(rendering)
    .filter((workload) =>
      containersOf(workload).some(
        (container) => databaseAddressOf(rendering, container)?.pooler === own.name,
      ),
    )
    .map(({ metadata }) => metadata.name);
  const others = [...podsIn(rendering), STRANGER];
  const incoming = others.flatMap((caller) =>
    own.ports
      .filter((port) => mayConnect(rendering, caller, own, port) !== clients.includes(caller.name))
      .map(() => `${caller.name} calls ${own.name}`),
  );
  const outgoing = others.flatMap((callee) =>
    callee.ports
      .filter(
        (port) =>
          mayConnect(rendering, own, callee, port) !== (callee.name === pooler.spec.cluster.name),
      )
      .map(({ number }) => `${own.name} calls ${callee.name}:${number}`),
  );
  return [...incoming, ...outgoing].map(
    (call) => `the NetworkPolicies allow what nobody needs, or refuse what is needed: ${call}`,
  );
}

function sessionViolations(rendering: Rendering): string[] {
  return workloadsOf(rendering).flatMap((workload) =>
    containersOf(workload)
      .filter(
        (container) =>
          SESSIONS.test(programOf(container) ?? "") &&
          databaseAddressOf(rendering, container)?.pooler !== undefined,
      )
      .map(
        ({ name }) =>
          `${nameOf(workload)}, container ${name}: needs sessions, which a pooler does not keep: give it the cluster's uri`,
      ),
  );
}
