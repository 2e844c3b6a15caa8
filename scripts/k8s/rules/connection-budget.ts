import type { IContainer } from "kubernetes-models/v1/Container";
import { databaseAddressOf } from "#k8s/database-of.ts";
import { environmentOf, plainValues } from "#k8s/environment.ts";
import { containersOf, ofKind, type Rendering, type Workload, workloadsOf } from "#k8s/manifest.ts";
import type { PostgresCluster } from "#k8s/pods.ts";
import { podsMax } from "#k8s/pods-max.ts";
import { type Pooler, poolerPodsMax, poolersIn } from "#k8s/poolers.ts";
import { migratorOf, type Programs, programOf } from "#k8s/programs.ts";

/**
 * A process uses one connection besides its pool: to probe whether the primary takes writes, and at
 * the start to check the migrations.
 */
const OUTSIDE_POOL = 1;
/** Migrations and the tables of the queue follow one another on one connection. */
const MIGRATOR = 1;
/**
 * The worker's pool has one connection more than images that it renders at once, and its queue has
 * one.
 */
const WORKER_EXTRA = 2;
/**
 * `superuser_reserved_connections` is 3. The rest is for the operator, a backup, and a person who
 * investigates.
 */
const RESERVED = 10;
/** A pooler opens connections for its service, and as many again to look up passwords. */
const POOLS = 2;
const MAX_CONNECTIONS = /^max_connections=(\d+)$/;

/** A part of the connections that a database, or a pooler, may receive. */
interface Share {
  readonly text: string;
  readonly sum: number;
}

/**
 * Finds databases that may receive more connections than their maximum: the sum, over all workloads
 * that have the url, of the maximum of their pods (with the surge of a rollout) times the
 * connections of one. Behind a pooler the pods of the pooler count. Readers of a standby count too,
 * since a standby may have become the primary. Finds as well poolers that may receive more
 * connections than one of their instances accepts, since the other instances may be down.
 */
export function findBudgetViolations(rendering: Rendering, programs: Programs): string[] {
  const poolers = poolersIn(rendering);
  const ofDatabases = [...maxConnections(rendering)].flatMap(([database, max]) => {
    const shares = [
      ...poolers.filter(({ spec }) => spec.cluster.name === database).map(poolerShare),
      ...directShares(rendering, database, programs),
      ...readerShares(rendering, database, programs),
      { text: `reserved ${RESERVED}`, sum: RESERVED },
    ];
    return violationOf(database, shares, { setting: "max_connections", max });
  });
  const ofPoolers = poolers.flatMap(({ metadata: { name }, spec }) =>
    violationOf(name, clientShares(rendering, name, programs), {
      setting: "max_client_conn",
      max: Number(spec.pgbouncer.parameters?.max_client_conn ?? 0),
    }),
  );
  return [...ofDatabases, ...ofPoolers];
}

function violationOf(
  name: string,
  shares: readonly Share[],
  { setting, max }: { readonly setting: string; readonly max: number },
): string[] {
  const sum = shares.reduce((total, share) => total + share.sum, 0);
  const parts = shares.map(({ text }) => text).join(" + ");
  return sum > max ? [`${name}: ${parts} = ${sum} connections, and ${setting} is ${max}`] : [];
}

function shareOf(name: string, pods: number, each: number): Share {
  return { text: `${name} ${pods} × ${each}`, sum: pods * each };
}

function poolerShare(pooler: Pooler): Share {
  const size = Number(pooler.spec.pgbouncer.parameters?.default_pool_size ?? Number.NaN);
  return shareOf(pooler.metadata.name, poolerPodsMax(pooler), size * POOLS);
}

function directShares(rendering: Rendering, database: string, programs: Programs): Share[] {
  return sharesOf(rendering, (container) => {
    const address = databaseAddressOf(rendering, container);
    const isDirect = address?.database === database && address.pooler === undefined;
    return isDirect ? connectionsOf(rendering, container, programs) : 0;
  });
}

function clientShares(rendering: Rendering, pooler: string, programs: Programs): Share[] {
  return sharesOf(rendering, (container) =>
    databaseAddressOf(rendering, container)?.pooler === pooler
      ? connectionsOf(rendering, container, programs)
      : 0,
  );
}

function readerShares(rendering: Rendering, database: string, programs: Programs): Share[] {
  const shares = sharesOf(rendering, (container) =>
    databaseAddressOf(rendering, container, "DATABASE_REPLICA_URL")?.database === database
      ? poolOf(rendering, container, programs)
      : 0,
  );
  return shares.map(({ text, sum }) => ({ text: `standby's readers ${text}`, sum }));
}

/** A share for each container that opens connections. */
function sharesOf(rendering: Rendering, opens: (container: IContainer) => number): Share[] {
  const shareOfContainer = (workload: Workload) => (container: IContainer) => {
    const each = opens(container);
    const name = programOf(container) ?? container.name;
    return each === 0 ? [] : [shareOf(name, podsMax(rendering, workload), each)];
  };
  return workloadsOf(rendering).flatMap((workload) =>
    containersOf(workload).flatMap(shareOfContainer(workload)),
  );
}

/** The databases of a rendering, and the maximum of connections of each. */
function maxConnections(rendering: Rendering): ReadonlyMap<string, number> {
  const plain = workloadsOf(rendering)
    .filter(({ kind }) => kind === "StatefulSet")
    .flatMap((workload) =>
      containersOf(workload).flatMap(({ args = [] }) =>
        args.map((arg) => [workload.metadata.name, MAX_CONNECTIONS.exec(arg)?.[1]] as const),
      ),
    );
  const clusters = ofKind<PostgresCluster>(rendering, "Cluster").map(
    ({ metadata, spec }) =>
      [metadata.name, spec.postgresql?.parameters?.max_connections ?? "0"] as const,
  );
  return new Map(
    [...plain, ...clusters].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Number(value)]],
    ),
  );
}

function connectionsOf(rendering: Rendering, container: IContainer, programs: Programs): number {
  if (programOf(container) === migratorOf(container)) return MIGRATOR;
  return poolOf(rendering, container, programs) + OUTSIDE_POOL;
}

/** The maximum of connections in the pools of a process. */
function poolOf(rendering: Rendering, container: IContainer, programs: Programs): number {
  const name = programOf(container) ?? "";
  const isWorker = name.endsWith("-worker");
  const variable = isWorker ? "WORKER_CONCURRENCY" : "DATABASE_POOL_MAX";
  const settings = programs.get(name)?.settings ?? [];
  const fallback = settings.find((setting) => setting.variable === variable)?.fallback?.text;
  const pool = plainValues(environmentOf(rendering, container)).get(variable) ?? fallback;
  return Number(pool) + (isWorker ? WORKER_EXTRA : 0);
}
