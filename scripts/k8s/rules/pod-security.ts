import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { containersOf, nameOf, type Rendering, workloadsOf } from "#k8s/manifest.ts";

const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];
const SECCOMP_TYPES = ["RuntimeDefault", "Localhost"];
const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t"];

/**
 * Finds violations of the Pod Security Standard *restricted*, by its list of Kubernetes 1.34
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards).
 */
export function findPodSecurityViolations(rendering: Rendering): string[] {
  return workloadsOf(rendering).flatMap((workload) => {
    const pod = workload.spec.template.spec;
    const ofPod = podViolations(pod).map((violation) => `${nameOf(workload)}: ${violation}`);
    const ofContainers = containersOf(workload).flatMap((container) =>
      containerViolations(container, pod).map(
        (violation) => `${nameOf(workload)}, container ${container.name}: ${violation}`,
      ),
    );
    return [...ofPod, ...ofContainers];
  });
}

function podViolations(pod: IPodSpec): string[] {
  const violations = [];
  if (pod.hostNetwork || pod.hostPID || pod.hostIPC) {
    violations.push("uses a namespace of the host, which restricted forbids");
  }
  for (const { name, ...source } of pod.volumes ?? []) {
    const kinds = Object.keys(source).filter((kind) => !VOLUMES.includes(kind));
    if (kinds.length > 0)
      violations.push(`the volume ${name} is a ${kinds}, which restricted forbids`);
  }
  if ((pod.securityContext?.sysctls ?? []).length > 0) violations.push("sets sysctls");
  return violations;
}

function containerViolations(container: IContainer, pod: IPodSpec): string[] {
  const own = container.securityContext;
  const context = { ...pod.securityContext, ...own };
  const violations = [];
  if (context.runAsNonRoot !== true) violations.push("may run as root: set runAsNonRoot");
  if (context.runAsUser === 0) violations.push("runs as user 0");
  if (!SECCOMP_TYPES.includes(context.seccompProfile?.type ?? "")) {
    violations.push("has no seccompProfile: set RuntimeDefault");
  }
  if (own?.allowPrivilegeEscalation !== false)
    violations.push("set allowPrivilegeEscalation: false");
  if (own?.privileged === true) violations.push("is privileged");
  if (!own?.capabilities?.drop?.includes("ALL")) violations.push("drops not ALL capabilities");
  const added = (own?.capabilities?.add ?? []).filter((name) => name !== "NET_BIND_SERVICE");
  if (added.length > 0) violations.push(`adds the capabilities ${added}`);
  if ((own?.procMount ?? "Default") !== "Default")
    violations.push("has another procMount than Default");
  if (!SELINUX_TYPES.includes(context.seLinuxOptions?.type ?? ""))
    violations.push("sets a SELinux type");
  if (container.ports?.some(({ hostPort }) => hostPort))
    violations.push("takes a port of the host");
  // Our own rule, beyond the standard: a writable root could be replaced.
  if (own?.readOnlyRootFilesystem !== true) violations.push("set readOnlyRootFilesystem: true");
  return violations;
}
