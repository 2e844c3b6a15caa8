import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IService } from "kubernetes-models/v1/Service";
import { broken, loadSamples, without } from "#k8s/broken.fixture.ts";
import { ofKind } from "#k8s/manifest.ts";
import { findReferenceViolations } from "#k8s/rules/references.ts";

const { local, production } = await loadSamples();

describe("what the manifests refer to", () => {
  test("is there", () => {
    expect(findReferenceViolations(local)).toEqual([]);
    expect(findReferenceViolations(production)).toEqual([]);
  });

  test.each([
    ["ServiceAccount/users", "there is no ServiceAccount users"],
    ["PersistentVolumeClaim/images-blobs", "there is no volume claim images-blobs"],
  ] as const)("is missed: %s", (path, violation) => {
    expect(findReferenceViolations(without(local, path))).toContainEqual(
      expect.stringContaining(violation),
    );
  });

  test("is missed: the map of settings", () => {
    const map = ofKind(local, "ConfigMap").find(({ metadata }) => /^gateway-/.test(metadata.name));
    const path = `ConfigMap/${map?.metadata.name}` as const;
    expect(findReferenceViolations(without(local, path))).toEqual([
      expect.stringContaining("there is no ConfigMap gateway-"),
    ]);
  });

  test("is the pods of one workload, for a selector", () => {
    const stray = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      if (spec !== undefined) spec.selector.matchLabels = { "app.kubernetes.io/name": "user" };
    });
    expect(findReferenceViolations(stray)).toEqual([
      expect.stringContaining("its selector does not take its own pods"),
    ]);
    const wide = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      if (spec !== undefined)
        spec.selector.matchLabels = { "app.kubernetes.io/part-of": "triptych" };
    });
    expect(findReferenceViolations(wide)).toEqual([
      expect.stringContaining("its selector takes pods of another workload"),
    ]);
  });

  test("is a port of the pods, and the same one where nobody translates", () => {
    const nowhere = broken<IService>(local, "Service/gateway", ({ spec }) => {
      if (spec !== undefined) spec.ports = [{ port: 80, targetPort: "web" }];
    });
    expect(findReferenceViolations(nowhere)).toEqual([expect.stringContaining("have no port web")]);
    const translated = broken<IService>(local, "Service/users", ({ spec }) => {
      if (spec !== undefined) spec.ports = [{ port: 80, targetPort: "grpc" }];
    });
    expect(findReferenceViolations(translated)).toContainEqual(
      expect.stringContaining("its port has to be the pod's, 8081"),
    );
  });

  test("is somebody's pods, for a Service and a disruption budget", () => {
    const service = broken<IService>(local, "Service/users", ({ spec }) => {
      if (spec !== undefined) spec.selector = { "app.kubernetes.io/name": "user" };
    });
    expect(findReferenceViolations(service)).toEqual([expect.stringContaining("of 0 workloads")]);
    const budget = broken<IPodDisruptionBudget>(
      production,
      "PodDisruptionBudget/users",
      ({ spec }) => {
        if (spec !== undefined) spec.selector = {};
      },
    );
    expect(findReferenceViolations(budget)).toEqual([
      expect.stringContaining("selects the pods of not exactly one workload"),
    ]);
  });

  test.each(["image:8081", "images:8082"])("is a Service and its port: %s is none", (address) => {
    const changed = broken<IConfigMap>(local, "ConfigMap/users-", ({ data = {} }) => {
      data.IMAGES_ADDRESS = address;
    });
    expect(findReferenceViolations(changed)).toEqual([
      expect.stringContaining(`IMAGES_ADDRESS is ${address}`),
    ]);
  });
});
