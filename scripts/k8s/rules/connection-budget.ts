import type { IContainer } from "kubernetes-models/v1/Container";
import { databaseAddressOf } from "#k8s/database-of.ts";
import { environmentOf, plainValues } from "#k8s/environment.ts";
import { containersOf, ofKind, type Rendering, type Workload, workloadsOf } from "#k8s/manifest.ts";
import type { PostgresCluster } from "#k8s/pods.ts";
import { podsMax } from "#k8s/pods-max.ts";
import { type Pooler, poolerPodsMax, poolersIn } from "#k8s/poolers.ts";
import { migratorOf, type Programs, programOf } from "#k8s/programs.ts";

/**
 * Beside its pool a process asks whether the database takes writes; before the pool is used,
 * whether it is up to date.
 */
const OUTSIDE_POOL = 1;
/** One after the other: the migrations, then the queue's tables. */
const MIGRATOR = 1;
/**
 * The worker's pool has one more than the images that it makes at once, and its queue a connection
 * of its own.
 */
const WORKER_EXTRA = 2;
/**
 * `superuser_reserved_connections` is 3; the rest is for the operator's own, a backup, and somebody
 * who looks.
 */
const RESERVED = 10;
/** A pooler's connections for its service, and as many that it may ask for passwords by. */
const POOLS = 2;
const MAX_CONNECTIONS = /^max_connections=(\d+)$/;

/** A part of what a database, or a pooler, can be asked for. */
interface Share {
  readonly text: string;
  readonly sum: number;
}

/**
 * Finds databases that could be asked for more connections than they take: the sum, over all who
 * are given its url, of the most pods that there can be, those of each rollout besides, times what
 * one opens. Behind a pooler it is the pooler's own pods that count. Those who read from a standby
 * count as well, since a standby may have become the primary. And poolers that could be asked for
 * more by their services than one of their instances takes, since the others may be away.
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

/** A share for each container that opens any. */
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

/** The databases that are rendered, and how many connections each takes. */
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

/** The most connections of a process's pools. */
function poolOf(rendering: Rendering, container: IContainer, programs: Programs): number {
  const name = programOf(container) ?? "";
  const isWorker = name.endsWith("-worker");
  const variable = isWorker ? "WORKER_CONCURRENCY" : "DATABASE_POOL_MAX";
  const settings = programs.get(name)?.settings ?? [];
  const fallback = settings.find((setting) => setting.variable === variable)?.fallback?.text;
  const pool = plainValues(environmentOf(rendering, container)).get(variable) ?? fallback;
  return Number(pool) + (isWorker ? WORKER_EXTRA : 0);
}
