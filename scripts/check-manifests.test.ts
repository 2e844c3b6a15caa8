import type { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { broken, renderLocal, renderProduction } from "#k8s/broken.fixture.ts";
import { findKubectl } from "#k8s/kubectl.ts";
import type { Manifest, Rendering } from "#k8s/manifest.ts";
import { renderFolder } from "#k8s/render.ts";
import { COMBINATIONS, findForgottenComponents } from "#k8s/targets.ts";
import { findManifestViolations, findViolationsIn } from "./check-manifests.ts";

let local: Rendering;
beforeAll(async () => {
  local = await renderLocal();
});

describe("the check of the manifests", () => {
  test("finds nothing wrong with what stands there", async () => {
    expect(await findManifestViolations()).toEqual([]);
  });

  test("tells a value that the schema of its kind forbids, before any rule reads it", async () => {
    const changed = broken<IDeployment>(local, "Deployment/users", ({ spec }) =>
      Object.assign(spec ?? {}, { replicas: "two" }),
    );
    const [violation] = await findViolationsIn([changed]);
    expect(violation).toMatch(
      /k8s\/overlays\/local: Deployment users: breaks the schema.*replicas/s,
    );
  });

  test("tells a misspelt field, which a cluster would drop", async () => {
    const changed = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      Object.assign(spec?.template.spec?.containers[0] ?? {}, { readinesProbe: {} });
    });
    expect(await findViolationsIn([changed])).toEqual([
      expect.stringMatching(/Deployment users: .*readinesProbe/),
    ]);
  });

  test("tells a misspelt field of a database's cluster, and where it stands", async () => {
    const changed = broken<ICluster>(await renderProduction(), "Cluster/users", ({ spec }) => {
      Object.assign(spec.plugins?.[0] ?? {}, { isWALArchivr: true });
    });
    expect(await findViolationsIn([changed])).toEqual([
      expect.stringContaining("Cluster users-database: /spec/plugins/0/isWALArchivr: "),
    ]);
  });

  test("tells a kind that there is not", async () => {
    const stray: Manifest = { apiVersion: "apps/v1", kind: "Deploiment", metadata: { name: "a" } };
    const violations = await findViolationsIn([{ name: "here", manifests: [stray] }]);
    expect(violations[0]).toContain("here: Deploiment a: there is no such kind as apps/v1");
  });

  test("tells a violation once, however many overlays have it", async () => {
    const changed = broken<IDeployment>(local, "Deployment/users", ({ spec }) => {
      delete spec?.template.spec?.automountServiceAccountToken;
    });
    const violations = await findViolationsIn([changed, { ...changed, name: "elsewhere" }]);
    expect(violations).toEqual([expect.stringContaining("automountServiceAccountToken: false")]);
  });

  test("tells what kustomize says of a folder that it cannot render", async () => {
    await expect(renderFolder(findKubectl(), "k8s/overlays/nowhere")).rejects.toThrow("nowhere");
  });

  test("misses a component that no combination has", () => {
    expect(findForgottenComponents()).toEqual([]);
    expect(findForgottenComponents(COMBINATIONS.slice(1))).toContainEqual(
      expect.stringContaining("k8s/components/monitoring: stands in no combination"),
    );
  });
});
