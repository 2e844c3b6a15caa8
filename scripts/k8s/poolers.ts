import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { type Labels, type Manifest, ofKind, type Rendering, selects } from "./manifest.ts";
import type { Pods } from "./pods.ts";

/** What the checks read of a pooler of CloudNativePG. */
export interface Pooler extends Manifest {
  readonly spec: {
    readonly cluster: { readonly name: string };
    readonly instances?: number;
    readonly type?: string;
    readonly deploymentStrategy?: {
      readonly rollingUpdate?: { readonly maxSurge?: number; readonly maxUnavailable?: number };
    };
    readonly pgbouncer: { readonly poolMode?: string; readonly parameters?: Labels };
    readonly serviceTemplate?: { readonly spec?: { readonly sessionAffinity?: string } };
    readonly template?: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec?: {
        readonly containers: readonly { readonly name: string; readonly resources?: Resources }[];
        readonly topologySpreadConstraints?: readonly unknown[];
      };
    };
  };
}

interface Resources {
  readonly requests?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, unknown>>;
}

const POOLER_PORT = { number: 5432, name: "pgbouncer" };

/** The poolers that are rendered. */
export function poolersIn(rendering: Rendering): readonly Pooler[] {
  return ofKind<Pooler>(rendering, "Pooler");
}

/** The pods of a pooler, as the operator makes them. */
export function podsOfPooler({ metadata, spec }: Pooler): Pods {
  const labels = { ...spec.template?.metadata?.labels, "cnpg.io/poolerName": metadata.name };
  return { name: metadata.name, labels, ports: [POOLER_PORT] };
}

/** The most pods of a pooler at one time, those that a rollout brings early among them. */
export function poolerPodsMax({ spec: { instances = 1, deploymentStrategy } }: Pooler): number {
  return instances + (deploymentStrategy?.rollingUpdate?.maxSurge ?? 1);
}

/** Tells whether a disruption budget is a pooler's. */
export function isBudgetOf(budget: IPodDisruptionBudget, pooler: Pooler): boolean {
  const selector = budget.spec?.selector?.matchLabels ?? {};
  return Object.keys(selector).length > 0 && selects(selector, podsOfPooler(pooler).labels);
}
