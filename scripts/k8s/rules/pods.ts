import type { IContainer } from "kubernetes-models/v1/Container";
import { containersOf, nameOf, type Rendering, type Workload, workloadsOf } from "#k8s/manifest.ts";
import { programOf } from "#k8s/programs.ts";

const TAG = /:(?<tag>[\w.-]+)$|@sha256:[0-9a-f]{64}$/;
const MI_BYTES: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };
/**
 * Maximum share of the heap in a container's memory. The rest is code, buffers, stacks and native
 * libraries.
 */
const HEAP_PART_MAX = 0.75;

/**
 * Finds pods without the fields that every pod must have, and our own programs without the fields
 * that they need besides.
 */
export function findPodViolations(rendering: Rendering): string[] {
  return workloadsOf(rendering).flatMap((workload) => [
    ...tokenViolations(workload).map((violation) => `${nameOf(workload)}: ${violation}`),
    ...containersOf(workload).flatMap((container) =>
      [
        ...containerViolations(container),
        ...(workload.spec.template.spec.containers.includes(container)
          ? lastingViolations(container)
          : []),
      ].map((violation) => `${nameOf(workload)}, container ${container.name}: ${violation}`),
    ),
  ]);
}

function tokenViolations({ spec }: Workload): string[] {
  const { automountServiceAccountToken, enableServiceLinks } = spec.template.spec;
  const violations = [];
  if (automountServiceAccountToken !== false) {
    violations.push("is given a token of the cluster: set automountServiceAccountToken: false");
  }
  if (enableServiceLinks !== false) {
    violations.push("gets a variable for each Service: set enableServiceLinks: false");
  }
  return violations;
}

function containerViolations(container: IContainer): string[] {
  const isOurs = programOf(container) !== undefined;
  return [
    ...imageViolations(container),
    ...resourceViolations(container),
    ...(isOurs ? heapViolations(container) : []),
  ];
}

/** Required for a container that keeps running, and not for an init container. */
function lastingViolations(container: IContainer): string[] {
  const isOurs = programOf(container) !== undefined;
  return [...probeViolations(container), ...(isOurs ? stopViolations(container) : [])];
}

function imageViolations({ image = "" }: IContainer): string[] {
  const tag = TAG.exec(image);
  if (tag === null) return [`the image ${image} has no tag, which means latest`];
  return tag.groups?.tag === "latest" ? [`the image ${image} changes: name a version`] : [];
}

function probeViolations(container: IContainer): string[] {
  const probes = ["startupProbe", "readinessProbe", "livenessProbe"] as const;
  const missing = probes.filter((probe) => container[probe] === undefined);
  const violations = missing.map((probe) => `has no ${probe}`);
  for (const probe of probes) {
    // A probe of another host tests another service: the pod would fail with its callee.
    if (container[probe]?.httpGet?.host !== undefined)
      violations.push(`its ${probe} asks another host`);
  }
  return violations;
}

function resourceViolations({ resources }: IContainer): string[] {
  const { requests = {}, limits = {} } = resources ?? {};
  const violations = ["cpu", "memory"].flatMap((name) => [
    ...(requests[name] === undefined ? [`requests no ${name}`] : []),
    ...(limits[name] === undefined ? [`has no limit of ${name}`] : []),
  ]);
  // A node that has promised more memory than it has kills some pod, and not the one that uses too
  // much.
  if (requests.memory !== limits.memory)
    violations.push("requests not as much memory as it may take");
  return violations;
}

function heapViolations({ env = [], resources }: IContainer): string[] {
  const options = env.find(({ name }) => name === "NODE_OPTIONS")?.value ?? "";
  const heapMiB = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
  if (Number.isNaN(heapMiB)) return ["set Node's heap: NODE_OPTIONS=--max-old-space-size=MiB"];
  const limitMiB = mebibytes(String(resources?.limits?.memory ?? ""));
  return heapMiB > limitMiB * HEAP_PART_MAX
    ? [`Node's heap of ${heapMiB} MiB is more than ${HEAP_PART_MAX * 100} % of ${limitMiB} MiB`]
    : [];
}

function mebibytes(quantity: string): number {
  const [, number = "", unit = ""] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  return Number(number) * (MI_BYTES[unit] ?? 0);
}

function stopViolations({ lifecycle }: IContainer): string[] {
  return lifecycle?.preStop?.sleep?.seconds === undefined
    ? ["has no preStop sleep: it would be told to end before its callers are told to stop"]
    : [];
}
