import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";

/** What every object of Kubernetes has, whatever its kind. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
  };
}

/** Labels of an object, or those that a selector asks for. */
export type Labels = Readonly<Record<string, string>>;

/** What a folder, or a list of them, renders to. */
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
 * The objects of one kind, typed as the caller knows them: each was validated against its schema.
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

/** The containers of a pod, those that run before the others among them. */
export function containersOf({ spec }: Workload): readonly IContainer[] {
  const { containers, initContainers = [] } = spec.template.spec;
  return [...containers, ...initContainers];
}

/** The map of that name, if it is rendered. */
export function findConfigMap(rendering: Rendering, name: string): IConfigMap | undefined {
  return ofKind<IConfigMap>(rendering, "ConfigMap").find(({ metadata }) => metadata.name === name);
}

/** An object's name as violations say it: `Deployment users`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** Tells whether labels are what a selector asks for; an empty selector takes all. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}
