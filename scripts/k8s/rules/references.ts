import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IService } from "kubernetes-models/v1/Service";
import { environmentOf, plainValues } from "#k8s/environment.ts";
import {
  containersOf,
  type Labels,
  nameOf,
  ofKind,
  type Rendering,
  selects,
  type Workload,
  workloadsOf,
} from "#k8s/manifest.ts";
import { isBudgetOf, poolersIn } from "#k8s/poolers.ts";

/** Objects that an operator creates before anything is applied: see k8s/README.md. */
const MADE_IN_THE_CLUSTER = ["access-token-public-keys"];

/**
 * Finds references to objects that do not exist: selectors that match no pod, ports, accounts,
 * volumes.
 */
export function findReferenceViolations(rendering: Rendering): string[] {
  return [
    ...workloadsOf(rendering).flatMap((workload) =>
      workloadViolations(rendering, workload).map(
        (violation) => `${nameOf(workload)}: ${violation}`,
      ),
    ),
    ...ofKind<IService>(rendering, "Service").flatMap((service) =>
      serviceViolations(rendering, service),
    ),
    ...ofKind<IPodDisruptionBudget>(rendering, "PodDisruptionBudget")
      .filter((budget) => !isOfOne(rendering, budget))
      .map((budget) => `${nameOf(budget)}: selects the pods of not exactly one workload`),
  ];
}

function isOfOne(rendering: Rendering, budget: IPodDisruptionBudget): boolean {
  const workloads = podsOf(rendering, budget.spec?.selector?.matchLabels);
  const poolers = poolersIn(rendering).filter((pooler) => isBudgetOf(budget, pooler));
  return workloads.length + poolers.length === 1;
}

function podsOf(rendering: Rendering, selector: Labels | undefined): readonly Workload[] {
  if (Object.keys(selector ?? {}).length === 0) return [];
  return workloadsOf(rendering).filter(({ spec }) =>
    selects(selector, spec.template.metadata?.labels),
  );
}

function workloadViolations(rendering: Rendering, workload: Workload): string[] {
  const { selector, template } = workload.spec;
  const has = (kind: string, name: string | undefined) =>
    name === undefined || ofKind(rendering, kind).some(({ metadata }) => metadata.name === name);
  const violations = [];
  if (!podsOf(rendering, selector.matchLabels).includes(workload)) {
    violations.push("its selector does not take its own pods");
  } else if (podsOf(rendering, selector.matchLabels).length > 1) {
    violations.push("its selector takes pods of another workload");
  }
  const { serviceAccountName, volumes = [] } = template.spec;
  if (!has("ServiceAccount", serviceAccountName)) {
    violations.push(`there is no ServiceAccount ${serviceAccountName}`);
  }
  for (const { persistentVolumeClaim } of volumes) {
    const claim = persistentVolumeClaim?.claimName;
    if (!has("PersistentVolumeClaim", claim)) violations.push(`there is no volume claim ${claim}`);
  }
  for (const container of containersOf(workload)) {
    violations.push(...addressViolations(rendering, container));
  }
  for (const name of containersOf(workload).flatMap(mapsOf)) {
    if (!MADE_IN_THE_CLUSTER.includes(name) && !has("ConfigMap", name)) {
      violations.push(`there is no ConfigMap ${name}`);
    }
  }
  return violations;
}

/**
 * `IMAGES_ADDRESS` must lead to the Service `images`, which may be in another folder, and to one of
 * its ports.
 */
function addressViolations(rendering: Rendering, container: IContainer): string[] {
  return [...plainValues(environmentOf(rendering, container))].flatMap(([variable, address]) => {
    const callee = /^(\w+)_ADDRESS$/.exec(variable)?.[1]?.toLowerCase();
    if (callee === undefined) return [];
    const [host, port] = address.split(":");
    const service = ofKind<IService>(rendering, "Service").find(
      ({ metadata }) => metadata.name === callee,
    );
    const ports = service?.spec?.ports?.map((open) => String(open.port)) ?? [port];
    return host === callee && ports.includes(port)
      ? []
      : [`${variable} is ${address}, and the Service ${callee} has the port ${ports}`];
  });
}

function mapsOf({ envFrom = [], env = [] }: IContainer): string[] {
  const names = [
    ...envFrom.map(({ configMapRef }) => configMapRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
  ];
  return names.filter((name) => name !== undefined);
}

function serviceViolations(rendering: Rendering, service: IService & { kind: string }): string[] {
  const { selector, ports = [], clusterIP } = service.spec ?? {};
  const name = `Service ${service.metadata?.name}`;
  const workloads = podsOf(rendering, selector);
  const [workload] = workloads;
  if (workload === undefined || workloads.length > 1) {
    return [`${name}: selects the pods of ${workloads.length} workloads, not of one`];
  }
  const open = containersOf(workload).flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ port, targetPort }) => {
    const target = open.find(
      (candidate) => candidate.name === targetPort || candidate.containerPort === targetPort,
    );
    if (target === undefined) return [`${name}: the pods have no port ${targetPort}`];
    // A headless name resolves to the addresses of pods, and ports are not translated.
    return clusterIP === "None" && port !== target.containerPort
      ? [`${name}: is headless, so its port has to be the pod's, ${target.containerPort}`]
      : [];
  });
}
