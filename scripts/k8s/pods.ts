import {
  containersOf,
  type Labels,
  type Manifest,
  ofKind,
  type Rendering,
  workloadsOf,
} from "./manifest.ts";

/** The port of every Postgres. */
const POSTGRES_PORT = { number: 5432, name: "postgres" };

/** A port that a pod listens on. Policies may use its name or its number. */
export interface PodPort {
  readonly number: number;
  readonly name: string | undefined;
}

/** A group of identical pods, as a network policy selects them. */
export interface Pods {
  /** The name of the workload, or of the Postgres cluster. */
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly PodPort[];
}

/** The fields of a CloudNativePG Cluster that the checks read. */
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
    readonly postgresql?: { readonly parameters?: Labels; readonly pg_hba?: readonly string[] };
    readonly plugins?: readonly {
      readonly isWALArchiver?: boolean;
      readonly parameters?: Labels;
    }[];
    readonly resources?: unknown;
    readonly storage?: { readonly size?: string };
  };
}

/** All pods of a rendering, those that an operator creates included. */
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
