import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { broken, loadSamples, without } from "#k8s/broken.fixture.ts";
import type { Rendering, Workload } from "#k8s/manifest.ts";
import type { PostgresCluster } from "#k8s/pods.ts";
import type { Pooler } from "#k8s/poolers.ts";
import { findBudgetViolations } from "#k8s/rules/connection-budget.ts";
import { findPostgresClusterViolations } from "#k8s/rules/postgres-clusters.ts";

const { local, production, programs } = await loadSamples();

function withCluster(change: Partial<PostgresCluster["spec"]>): Rendering {
  return broken<PostgresCluster>(production, "Cluster/users-database", ({ spec }) =>
    Object.assign(spec, change),
  );
}

describe("the connection budget", () => {
  test("is kept", () => {
    expect(findBudgetViolations(local, programs)).toEqual([]);
    expect(findBudgetViolations(production, programs)).toEqual([]);
  });

  test("is broken by an autoscaler that may go too far, the rollout's pod counted", () => {
    const changed = broken<IHorizontalPodAutoscaler>(
      production,
      "HorizontalPodAutoscaler/users",
      ({ spec }) => spec && Object.assign(spec, { maxReplicas: 10 }),
    );
    expect(findBudgetViolations(changed, programs)).toEqual([
      "users-database: users-database-pooler 3 × 30 + users-migrate 11 × 1 + standby's readers users 11 × 10 + reserved 10 = 221 connections, and max_connections is 200",
    ]);
  });

  test("is broken by a pool that is too large, the worker beside the service counted", () => {
    const changed = broken<IConfigMap>(production, "ConfigMap/images-", ({ data = {} }) => {
      data.DATABASE_POOL_MAX = "17";
    });
    expect(findBudgetViolations(changed, programs)).toEqual([
      "images-database: images-database-pooler 3 × 30 + images-migrate 5 × 1 + images-worker 5 × 4 + images-migrate 5 × 1 + standby's readers images 5 × 17 + reserved 10 = 215 connections, and max_connections is 200",
    ]);
  });

  test("is broken by a pooler that opens too many, or takes too few", () => {
    const withParameter = (parameter: object) =>
      broken<Pooler>(production, "Pooler/users-database", ({ spec: { pgbouncer } }) =>
        Object.assign(pgbouncer.parameters ?? {}, parameter),
      );
    expect(findBudgetViolations(withParameter({ default_pool_size: "30" }), programs)).toEqual([
      expect.stringContaining("users-database-pooler 3 × 60"),
    ]);
    expect(findBudgetViolations(withParameter({ max_client_conn: "76" }), programs)).toEqual([
      "users-database-pooler: users 7 × 11 = 77 connections, and max_client_conn is 76",
    ]);
  });

  test("is broken by a database with fewer connections, from either component", () => {
    const parameters = { max_connections: "170" };
    expect(findBudgetViolations(withCluster({ postgresql: { parameters } }), programs)).toEqual([
      expect.stringContaining("max_connections is 170"),
    ]);
    const changed = broken<Workload>(local, "StatefulSet/images-database", ({ spec }) => {
      Object.assign(spec.template.spec.containers[0] ?? {}, { args: ["max_connections=20"] });
    });
    expect(findBudgetViolations(changed, programs)).toEqual([
      "images-database: images 1 × 11 + images-worker 1 × 4 + images-migrate 1 × 1 + reserved 10 = 26 connections, and max_connections is 20",
    ]);
  });
});

describe("a cluster of CloudNativePG", () => {
  test("is as the services need it", () => {
    expect(findPostgresClusterViolations(production)).toEqual([]);
  });

  test.each<[string, Partial<PostgresCluster["spec"]>]>([
    ["has no standby", { instances: 1 }],
    [
      "not users",
      {
        bootstrap: {
          initdb: {
            database: "app",
            owner: "app",
            postInitApplicationSQL: [
              "alter role app set statement_timeout = '5s'",
              "alter role users connection limit 145",
            ],
          },
        },
      },
    ],
    ["no NetworkPolicy finds them", { inheritedMetadata: {} }],
    [
      "the operator sets itself",
      {
        inheritedMetadata: {
          labels: { database: "users-database", "app.kubernetes.io/name": "users-database" },
        },
      },
    ],
    ["set resources and storage", { storage: {} }],
    ["archives no log", { plugins: [] }],
  ])("is refused: %s", (violation, change) => {
    expect(findPostgresClusterViolations(withCluster(change))).toEqual([
      expect.stringContaining(violation),
    ]);
  });

  test.each<[string, object]>([
    ["no connection budget", { parameters: undefined }],
    ["may connect to other databases", { pg_hba: undefined }],
    ["may connect to other databases", { pg_hba: ["host all users all scram-sha-256"] }],
    ["may take every connection", { parameters: { max_connections: "150" } }],
  ])("is refused: %s", (violation, change) => {
    const changed = broken<PostgresCluster>(production, "Cluster/users-database", ({ spec }) => {
      Object.assign(spec.postgresql ?? {}, change);
    });
    expect(findPostgresClusterViolations(changed)).toContainEqual(
      expect.stringContaining(violation),
    );
  });

  test("is backed up", () => {
    const changed = without(production, "ScheduledBackup/users-database");
    expect(findPostgresClusterViolations(changed)).toEqual([
      expect.stringContaining("is never backed up"),
    ]);
  });
});
