import {
  containersOf,
  type Labels,
  type Manifest,
  ofKind,
  type Rendering,
  workloadsOf,
} from "./manifest.ts";

/** The port of every Postgres here. */
const POSTGRES_PORT = { number: 5432, name: "postgres" };

/** A port that a pod listens on; policies may name it or number it. */
export interface PodPort {
  readonly number: number;
  readonly name: string | undefined;
}

/** Pods that are all alike, as a network policy sees them. */
export interface Pods {
  /** The workload's name, or the Postgres cluster's. */
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly PodPort[];
}

/** What the checks read of a cluster of CloudNativePG. */
export interface PostgresCluster extends Manifest {
  readonly spec: {
    readonly instances?: number;
    readonly inheritedMetadata?: { readonly labels?: Labels };
    readonly bootstrap?: {
      readonly initdb?: {
        readonly database?: string;
        readonly owner?: string;
        readonly postInitApplicationSQL?: readonly string[];
      };
    };
    readonly postgresql?: { readonly parameters?: Labels };
    readonly plugins?: readonly {
      readonly isWALArchiver?: boolean;
      readonly parameters?: Labels;
    }[];
    readonly resources?: unknown;
    readonly storage?: { readonly size?: string };
  };
}

/** All pods that run what was rendered, those that an operator makes among them. */
export function podsIn(rendering: Rendering): readonly Pods[] {
  const own = workloadsOf(rendering).map((workload) => ({
    name: workload.metadata.name,
    labels: workload.spec.template.metadata?.labels ?? {},
    ports: containersOf(workload).flatMap(({ ports = [] }) =>
      ports.map(({ containerPort, name }) => ({ number: containerPort, name })),
    ),
  }));
  const operated = ofKind<PostgresCluster>(rendering, "Cluster").map(({ metadata, spec }) => ({
    name: metadata.name,
    labels: { ...spec.inheritedMetadata?.labels, "cnpg.io/cluster": metadata.name },
    ports: [POSTGRES_PORT],
  }));
  return [...own, ...operated];
}
