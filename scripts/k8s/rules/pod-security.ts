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
 * Finds what the Pod Security Standard *restricted* forbids, by its list of Kubernetes 1.34
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards).
 */
export function findPodSecurityFaults(rendering: Rendering): string[] {
  return workloadsOf(rendering).flatMap((workload) => {
    const pod = workload.spec.template.spec;
    const ofPod = podFaults(pod).map((fault) => `${nameOf(workload)}: ${fault}`);
    const ofContainers = containersOf(workload).flatMap((container) =>
      containerFaults(container, pod).map(
        (fault) => `${nameOf(workload)}, container ${container.name}: ${fault}`,
      ),
    );
    return [...ofPod, ...ofContainers];
  });
}

function podFaults(pod: IPodSpec): string[] {
  const faults = [];
  if (pod.hostNetwork || pod.hostPID || pod.hostIPC) {
    faults.push("uses a namespace of the host, which restricted forbids");
  }
  for (const { name, ...source } of pod.volumes ?? []) {
    const kinds = Object.keys(source).filter((kind) => !VOLUMES.includes(kind));
    if (kinds.length > 0) faults.push(`the volume ${name} is a ${kinds}, which restricted forbids`);
  }
  if ((pod.securityContext?.sysctls ?? []).length > 0) faults.push("sets sysctls");
  return faults;
}

function containerFaults(container: IContainer, pod: IPodSpec): string[] {
  const own = container.securityContext;
  const context = { ...pod.securityContext, ...own };
  const faults = [];
  if (context.runAsNonRoot !== true) faults.push("may run as root: set runAsNonRoot");
  if (context.runAsUser === 0) faults.push("runs as user 0");
  if (!SECCOMP_TYPES.includes(context.seccompProfile?.type ?? "")) {
    faults.push("has no seccompProfile: set RuntimeDefault");
  }
  if (own?.allowPrivilegeEscalation !== false) faults.push("set allowPrivilegeEscalation: false");
  if (own?.privileged === true) faults.push("is privileged");
  if (!own?.capabilities?.drop?.includes("ALL")) faults.push("drops not ALL capabilities");
  const added = (own?.capabilities?.add ?? []).filter((name) => name !== "NET_BIND_SERVICE");
  if (added.length > 0) faults.push(`adds the capabilities ${added}`);
  if ((own?.procMount ?? "Default") !== "Default")
    faults.push("has another procMount than Default");
  if (!SELINUX_TYPES.includes(context.seLinuxOptions?.type ?? ""))
    faults.push("sets a SELinux type");
  if (container.ports?.some(({ hostPort }) => hostPort)) faults.push("takes a port of the host");
  // Not of the standard, and ours: what can be written can be replaced.
  if (own?.readOnlyRootFilesystem !== true) faults.push("set readOnlyRootFilesystem: true");
  return faults;
}
