import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { broken, loadSamples } from "#k8s/broken.fixture.ts";
import type { Rendering, Workload } from "#k8s/manifest.ts";
import { findRolloutViolations } from "#k8s/rules/rollout.ts";

const { local, production, programs } = await loadSamples();

function violationsWith(
  rendering: Rendering,
  name: string,
  change: (spec: NonNullable<IDeployment["spec"]>) => void,
) {
  const changed = broken<IDeployment>(
    rendering,
    `Deployment/${name}`,
    ({ spec }) => spec && change(spec),
  );
  return findRolloutViolations(changed, programs);
}

describe("a rollout", () => {
  test("of what stands there is noticed by nobody", () => {
    expect(findRolloutViolations(local, programs)).toEqual([]);
    expect(findRolloutViolations(production, programs)).toEqual([]);
  });

  test("takes no pod away before there is another", () => {
    const violations = violationsWith(production, "users", (spec) => {
      spec.strategy = { rollingUpdate: { maxUnavailable: 1 } };
    });
    expect(violations).toEqual([expect.stringContaining("set maxUnavailable: 0")]);
  });

  test("needs Recreate, and one replica, where the pod holds a volume of one node", () => {
    const violations = violationsWith(local, "images", (spec) => {
      spec.strategy = { rollingUpdate: { maxUnavailable: 0 } };
      spec.replicas = 2;
    });
    expect(violations).toEqual([
      expect.stringContaining("set Recreate"),
      expect.stringContaining("one replica"),
    ]);
  });

  test("is given the time that stopping takes", () => {
    const violations = violationsWith(production, "gateway", ({ template }) => {
      if (template.spec !== undefined) template.spec.terminationGracePeriodSeconds = 134;
    });
    expect(violations).toEqual([expect.stringContaining("sleep 5 + drain 125 + closing 5 = 135")]);
  });

  test("lets the longest call of the contract end", () => {
    const changed = broken<IConfigMap>(production, "ConfigMap/users-", ({ data = {} }) => {
      data.DRAIN_TIMEOUT_MS = "12000";
    });
    expect(findRolloutViolations(changed, programs)).toEqual([
      expect.stringContaining(
        "DRAIN_TIMEOUT_MS of 12 s is shorter than DRAIN_DELAY_MS and its longest call, 13 s",
      ),
    ]);
  });

  test("spreads the pods", () => {
    const violations = violationsWith(production, "users", ({ template }) => {
      delete template.spec?.topologySpreadConstraints;
    });
    expect(violations).toEqual([expect.stringContaining("spread them")]);
  });

  test.each<[string, (pod: IPodSpec) => void]>([
    ["has 0 init containers users-migrate", (pod) => delete pod.initContainers],
    [
      "has 2 init containers users-migrate",
      ({ initContainers = [] }) => initContainers.push(...initContainers),
    ],
    [
      "has 0 init containers users-migrate of users-database",
      ({ initContainers: [migrate] = [] }) => migrate?.env?.splice(1, 1),
    ],
    [
      "is of another version than users",
      ({ initContainers: [migrate] = [] }) => {
        if (migrate !== undefined) migrate.image = "triptych/users:0.0.1";
      },
    ],
  ])("brings the database up to date once, before the processes: %s", (violation, change) => {
    const violations = violationsWith(production, "users", ({ template: { spec } }) => {
      if (spec !== undefined) change(spec);
    });
    expect(violations).toEqual([expect.stringContaining(violation)]);
  });

  test("has a worker wait as the service does", () => {
    const changed = broken<IConfigMap>(production, "ConfigMap/images-worker-", ({ data = {} }) => {
      data.MIGRATIONS = "run";
    });
    expect(findRolloutViolations(changed, programs)).toEqual([
      "Deployment images-worker: worker migrates as it starts: set MIGRATIONS=await",
    ]);
  });

  test("brings no more pods of images than they are told", () => {
    const changed = broken<Workload>(production, "HorizontalPodAutoscaler/images", (scaler) => {
      Object.assign(scaler.spec, { maxReplicas: 5 });
    });
    expect(findRolloutViolations(changed, programs)).toEqual([
      expect.stringContaining("REPLICAS_MAX is 5, and there may be 6 pods"),
    ]);
  });
});
