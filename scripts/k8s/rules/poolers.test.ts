import type { IPooler } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { broken, loadSamples, without } from "#k8s/broken.fixture.ts";
import type { Rendering } from "#k8s/manifest.ts";
import type { PostgresCluster } from "#k8s/pods.ts";
import { findPoolerViolations } from "#k8s/rules/poolers.ts";

const { local, production } = await loadSamples();

function withPooler(change: (spec: IPooler["spec"]) => void): Rendering {
  return broken<IPooler>(production, "Pooler/users-database", ({ spec }) => change(spec));
}

function withParameter(name: string, value: string | undefined): Rendering {
  return withPooler(({ pgbouncer }) =>
    Object.assign(pgbouncer.parameters ?? {}, { [name]: value }),
  );
}

describe("a pooler", () => {
  test("keeps what is promised without one", () => {
    expect(findPoolerViolations(production)).toEqual([]);
    expect(findPoolerViolations(local)).toEqual([]);
  });

  test.each([
    ["query_wait_timeout", "120", 'set query_wait_timeout: "1"'],
    ["server_connect_timeout", undefined, 'set server_connect_timeout: "2"'],
    ["server_login_retry", "15", 'set server_login_retry: "1"'],
    ["max_prepared_statements", "0", "refuses named statements"],
    ["ignore_startup_parameters", "search_path", "let it ignore statement_timeout"],
  ])("is refused with %s=%s", (name, value, violation) => {
    expect(findPoolerViolations(withParameter(name, value))).toEqual([
      expect.stringContaining(violation),
    ]);
  });

  test.each<[string, (spec: IPooler["spec"]) => void]>([
    ["set type: rw", (spec) => Object.assign(spec, { type: "ro" })],
    ["set transaction", ({ pgbouncer }) => Object.assign(pgbouncer, { poolMode: "session" })],
    ["set sessionAffinity", (spec) => delete spec.serviceTemplate],
    ["is one pod", (spec) => Object.assign(spec, { instances: 1 })],
    ["set maxUnavailable: 0", (spec) => delete spec.deploymentStrategy],
    ["spread them", ({ template }) => delete template?.spec?.topologySpreadConstraints],
    [
      "set requests and limits of pgbouncer",
      ({ template }) => delete template?.spec?.containers[0]?.resources?.limits,
    ],
  ])("is refused: %s", (violation, change) => {
    expect(findPoolerViolations(withPooler(change))).toEqual([expect.stringContaining(violation)]);
  });

  test("is of a cluster that there is, and that limits a statement for it", () => {
    expect(findPoolerViolations(without(production, "Cluster/users-database"))).toContainEqual(
      expect.stringContaining("there is no Cluster users-database"),
    );
    const unlimited = broken<PostgresCluster>(production, "Cluster/users-database", ({ spec }) => {
      Object.assign(spec.bootstrap?.initdb ?? {}, {
        postInitApplicationSQL: ["alter role images set statement_timeout = '5s'"],
      });
    });
    expect(findPoolerViolations(unlimited)).toEqual([
      expect.stringContaining(
        "nothing limits a statement: let the Cluster set it for the role users",
      ),
    ]);
  });

  test("has a disruption budget", () => {
    const changed = without(production, "PodDisruptionBudget/users-database-pooler");
    expect(findPoolerViolations(changed)).toEqual([
      expect.stringContaining("add a PodDisruptionBudget"),
    ]);
  });

  test("is passed by where sessions are kept", () => {
    const changed = broken<IDeployment>(production, "Deployment/users", ({ spec }) => {
      const pod = spec?.template.spec;
      const through = pod?.containers[0]?.env?.filter(({ name }) => name.startsWith("DATABASE_"));
      Object.assign(pod?.initContainers?.[0] ?? {}, { env: through });
    });
    expect(findPoolerViolations(changed)).toEqual([
      "Deployment users, container migrate: needs sessions, which a pooler does not keep: give it the cluster's uri",
    ]);
  });
});

describe("the network policies of a pooler", () => {
  const withPolicy = (name: string, change: (spec: INetworkPolicy["spec"]) => void) =>
    findPoolerViolations(
      broken<INetworkPolicy>(production, `NetworkPolicy/${name}`, ({ spec }) => change(spec)),
    );

  test("are found to refuse its service, or its cluster", () => {
    expect(
      withPolicy("users-to-pooler", (spec) => Object.assign(spec ?? {}, { egress: [] })),
    ).toEqual([expect.stringContaining("users calls users-database-pooler")]);
    const refused = withPolicy("users-database-pooler", (spec) => spec?.egress?.splice(0, 1));
    expect(refused).toEqual([
      expect.stringContaining("users-database-pooler calls users-database:5432"),
    ]);
  });

  test("are found to allow somebody else, or somewhere else", () => {
    const both = broken<INetworkPolicy>(
      broken<INetworkPolicy>(production, "NetworkPolicy/users-database-pooler", ({ spec }) =>
        Object.assign(spec ?? {}, { ingress: [{}], egress: [{}] }),
      ),
      "NetworkPolicy/images-database-cluster",
      ({ spec }) => Object.assign(spec ?? {}, { ingress: [{}], egress: [{}] }),
    );
    expect(findPoolerViolations(both).map((violation) => violation.replace(/^.*: /, ""))).toEqual([
      "images-database calls users-database-pooler",
      "users-database-pooler calls gateway:8080",
      "users-database-pooler calls images-database:5432",
    ]);
  });
});
