import type { IContainer } from "kubernetes-models/v1/Container";
import { databaseOf } from "#k8s/database-of.ts";
import { environmentOf, plainValues } from "#k8s/environment.ts";
import { containersOf, ofKind, type Rendering, workloadsOf } from "#k8s/manifest.ts";
import type { PostgresCluster } from "#k8s/pods.ts";
import { podsMax } from "#k8s/pods-max.ts";
import { migratorOf, type Programs, programOf } from "#k8s/programs.ts";

/** Beside its pool a process asks whether the database takes writes; before the pool is used, whether it is up to date. */
const OUTSIDE_POOL = 1;
/** One after the other: the migrations, then the queue's tables. */
const MIGRATOR = 1;
/** The worker's pool has one more than the images that it makes at once, and its queue a connection of its own. */
const WORKER_EXTRA = 2;
/** `superuser_reserved_connections` is 3; the rest is for the operator's own, a backup, and somebody who looks. */
const RESERVED = 10;
const MAX_CONNECTIONS = /^max_connections=(\d+)$/;

/**
 * Finds databases that could be asked for more connections than they take: the sum, over all who are given its url, of
 * the most pods that there can be, one of each rollout besides, times what one opens.
 */
export function findBudgetFaults(rendering: Rendering, programs: Programs): string[] {
  const faults = [];
  for (const [database, max] of maxConnections(rendering)) {
    const shares = workloadsOf(rendering).flatMap((workload) =>
      containersOf(workload)
        .filter((container) => databaseOf(rendering, container) === database)
        .map((container) => {
          const pods = podsMax(rendering, workload);
          const each = connectionsOf(rendering, container, programs);
          return { text: `${programOf(container)} ${pods} × ${each}`, sum: pods * each };
        }),
    );
    const sum = shares.reduce((total, share) => total + share.sum, RESERVED);
    if (sum > max) {
      const parts = [...shares.map(({ text }) => text), `reserved ${RESERVED}`].join(" + ");
      faults.push(`${database}: ${parts} = ${sum} connections, and max_connections is ${max}`);
    }
  }
  return faults;
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
  const name = programOf(container) ?? "";
  if (name === migratorOf(container)) return MIGRATOR;
  const isWorker = name.endsWith("-worker");
  const variable = isWorker ? "WORKER_CONCURRENCY" : "DATABASE_POOL_MAX";
  const settings = programs.get(name)?.settings ?? [];
  const fallback = settings.find((setting) => setting.variable === variable)?.fallback?.text;
  const pool = plainValues(environmentOf(rendering, container)).get(variable) ?? fallback;
  return Number(pool) + OUTSIDE_POOL + (isWorker ? WORKER_EXTRA : 0);
}
