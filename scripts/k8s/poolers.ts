import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { type Labels, type Manifest, ofKind, type Rendering, selects } from "./manifest.ts";
import type { Pods } from "./pods.ts";

/** The fields of a CloudNativePG Pooler that the checks read. */
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

/** The poolers of a rendering. */
export function poolersIn(rendering: Rendering): readonly Pooler[] {
  return ofKind<Pooler>(rendering, "Pooler");
}

/** The pods of a pooler, as the operator creates them. */
export function podsOfPooler({ metadata, spec }: Pooler): Pods {
  const labels = { ...spec.template?.metadata?.labels, "cnpg.io/poolerName": metadata.name };
  return { name: metadata.name, labels, ports: [POOLER_PORT] };
}

/** The maximum of a pooler's pods at one time, the surge of a rollout included. */
export function poolerPodsMax({ spec: { instances = 1, deploymentStrategy } }: Pooler): number {
  return instances + (deploymentStrategy?.rollingUpdate?.maxSurge ?? 1);
}

/** Whether a disruption budget belongs to a pooler. */
export function isBudgetOf(budget: IPodDisruptionBudget, pooler: Pooler): boolean {
  const selector = budget.spec?.selector?.matchLabels ?? {};
  return Object.keys(selector).length > 0 && selects(selector, podsOfPooler(pooler).labels);
}
