import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";

/** The fields that every object of Kubernetes has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
  };
}

/** Labels of an object, or labels that a selector requires. */
export type Labels = Readonly<Record<string, string>>;

/** The objects that a folder, or a list of folders, renders to. */
export interface Rendering {
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

/** An object that runs pods. */
export interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: {
        readonly maxSurge?: number | string;
        readonly maxUnavailable?: number | string;
      };
    };
    readonly selector: { readonly matchLabels?: Labels };
    readonly template: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec: IPodSpec;
    };
  };
}

const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "Job", "DaemonSet", "CronJob"];

/**
 * The objects of one kind. The caller chooses their type, since each was validated against its
 * schema.
 */
export function ofKind<T extends object>(
  { manifests }: Rendering,
  kind: string,
): readonly (T & Manifest)[] {
  return manifests.filter((manifest) => manifest.kind === kind) as unknown as (T & Manifest)[];
}

/** The objects that run pods. */
export function workloadsOf({ manifests }: Rendering): readonly Workload[] {
  return manifests.filter(({ kind }) => WORKLOAD_KINDS.includes(kind)) as Workload[];
}

/** The containers of a pod, init containers included. */
export function containersOf({ spec }: Workload): readonly IContainer[] {
  const { containers, initContainers = [] } = spec.template.spec;
  return [...containers, ...initContainers];
}

/** The ConfigMap of that name, if there is one. */
export function findConfigMap(rendering: Rendering, name: string): IConfigMap | undefined {
  return ofKind<IConfigMap>(rendering, "ConfigMap").find(({ metadata }) => metadata.name === name);
}

/** The name of an object in messages: `Deployment users`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** Whether labels match a selector. An empty selector matches everything. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}
