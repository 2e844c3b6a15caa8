import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { broken, renderProduction } from "#k8s/broken.fixture.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { findPodSecurityViolations } from "#k8s/rules/pod-security.ts";
import { findPodViolations } from "#k8s/rules/pods.ts";

let production: Rendering;
beforeAll(async () => {
  production = await renderProduction();
});

function withPod(change: (pod: IPodSpec) => void): Rendering {
  return broken<IDeployment>(production, "Deployment/users", ({ spec }) => {
    if (spec?.template.spec !== undefined) change(spec.template.spec);
  });
}

function withContainer(change: (container: IContainer) => void): Rendering {
  return withPod(({ containers: [container] }) => container && change(container));
}

test("what stands there breaks no rule of pods", () => {
  expect(findPodSecurityViolations(production)).toEqual([]);
  expect(findPodViolations(production)).toEqual([]);
});

describe("the standard restricted forbids", () => {
  test.each<[string, Partial<IPodSpec>]>([
    ["a namespace of the host", { hostNetwork: true }],
    ["the volume root is a hostPath", { volumes: [{ name: "root", hostPath: { path: "/" } }] }],
  ])("%s", (violation, change) => {
    const rendering = withPod((pod) => Object.assign(pod, change));
    expect(findPodSecurityViolations(rendering)).toEqual([expect.stringContaining(violation)]);
  });

  test.each<[string, IPodSpec["securityContext"]]>([
    ["sets sysctls", { sysctls: [{ name: "a", value: "b" }] }],
    ["may run as root", { runAsNonRoot: false }],
    ["runs as user 0", { runAsUser: 0 }],
    ["has no seccompProfile", { seccompProfile: { type: "Unconfined" } }],
  ])("a pod that %s", (violation, context) => {
    const rendering = withPod((pod) => {
      pod.securityContext = { ...pod.securityContext, ...context };
    });
    const violations = findPodSecurityViolations(rendering);
    expect(violations).toContainEqual(expect.stringContaining(violation));
    // A setting of the pod applies to each of its containers.
    expect(new Set(violations.map((text) => text.replace(/^.*: /, ""))).size).toBe(1);
  });

  test.each<[string, IContainer["securityContext"]]>([
    ["allowPrivilegeEscalation: false", { allowPrivilegeEscalation: true }],
    ["is privileged", { privileged: true }],
    ["drops not ALL", { capabilities: { drop: ["CHOWN"] } }],
    ["adds the capabilities SYS_ADMIN", { capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }],
    ["another procMount", { procMount: "Unmasked" }],
    ["a SELinux type", { seLinuxOptions: { type: "spc_t" } }],
    ["readOnlyRootFilesystem: true", { readOnlyRootFilesystem: false }],
  ])("%s", (violation, context) => {
    const rendering = withContainer((container) => {
      container.securityContext = { ...container.securityContext, ...context };
    });
    expect(findPodSecurityViolations(rendering)).toEqual([expect.stringContaining(violation)]);
  });

  test("and so for a container that ends before the others start", () => {
    const rendering = withPod(({ initContainers: [migrate] = [] }) => {
      if (migrate?.securityContext !== undefined) migrate.securityContext = {};
    });
    expect(findPodSecurityViolations(rendering)).toEqual([
      expect.stringContaining("container migrate: set allowPrivilegeEscalation: false"),
      expect.stringContaining("container migrate: drops not ALL"),
      expect.stringContaining("container migrate: set readOnlyRootFilesystem: true"),
    ]);
  });

  test("a port of the host", () => {
    const rendering = withContainer(({ ports }) => ports?.push({ containerPort: 1, hostPort: 1 }));
    expect(findPodSecurityViolations(rendering)).toEqual([
      expect.stringContaining("port of the host"),
    ]);
  });
});

describe("a pod of ours", () => {
  test("is given no token, and no variable for each Service", () => {
    const rendering = withPod((pod) => {
      pod.automountServiceAccountToken = true;
      delete pod.enableServiceLinks;
    });
    expect(findPodViolations(rendering)).toEqual([
      expect.stringContaining("automountServiceAccountToken: false"),
      expect.stringContaining("enableServiceLinks: false"),
    ]);
  });

  test.each<[string, Partial<IContainer>]>([
    ["has no tag", { image: "triptych/users" }],
    ["changes: name a version", { image: "triptych/users:latest" }],
    ["has no startupProbe", { startupProbe: undefined }],
    ["has no readinessProbe", { readinessProbe: undefined }],
    ["has no livenessProbe", { livenessProbe: undefined }],
    ["asks another host", { livenessProbe: { httpGet: { host: "images", port: 1 } } }],
    ["has no preStop sleep", { lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } } }],
    ["set Node's heap", { env: [] }],
    [
      "is more than 75 % of 512 MiB",
      { env: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=400" }] },
    ],
  ])("is refused if it %s", (violation, change) => {
    const rendering = withContainer((container) => Object.assign(container, change));
    expect(findPodViolations(rendering)).toEqual([expect.stringContaining(violation)]);
  });

  test.each<[string, IContainer["resources"]]>([
    ["has no limit of cpu", { limits: { memory: "512Mi" } }],
    ["requests no cpu", { requests: { memory: "512Mi" } }],
    ["requests not as much memory", { requests: { cpu: "1", memory: "1Mi" } }],
  ])("is refused if it %s", (violation, change) => {
    const rendering = withContainer((container) => {
      container.resources = { ...container.resources, ...change };
    });
    expect(findPodViolations(rendering)).toEqual([expect.stringContaining(violation)]);
  });

  test("has limits for a container that ends before the others start, which needs no probes", () => {
    const rendering = withPod(({ initContainers: [migrate] = [] }) => {
      if (migrate !== undefined) Object.assign(migrate, { resources: {}, env: [] });
    });
    expect(findPodViolations(rendering)).toEqual(
      [
        "requests no cpu",
        "has no limit of cpu",
        "requests no memory",
        "has no limit of memory",
        "set Node's heap: NODE_OPTIONS=--max-old-space-size=MiB",
      ].map((violation) => `Deployment users, container migrate: ${violation}`),
    );
  });
});
