import { databaseOf } from "#k8s/database-of.ts";
import { environmentOf, plainValues } from "#k8s/environment.ts";
import {
  containersOf,
  nameOf,
  ofKind,
  type Rendering,
  type Workload,
  workloadsOf,
} from "#k8s/manifest.ts";
import { podsMax } from "#k8s/pods-max.ts";
import { migratorOf, type Program, type Programs, programOf } from "#k8s/programs.ts";

/**
 * Maximum of the time to close once a process is drained: `CLOSE_TIMEOUT_MS` of the chassis.
 */
const CLOSE_SECONDS = 5;

/** The access modes of a volume claim. */
interface Claim {
  readonly spec: { readonly accessModes: readonly string[] };
}

/**
 * Finds Deployments whose rollout users would notice: a pod too few, calls that are cut off, a
 * volume that two pods need, or a process that starts before its database is migrated.
 */
export function findRolloutViolations(rendering: Rendering, programs: Programs): string[] {
  return workloadsOf(rendering)
    .filter((workload) => containersOf(workload).some((container) => programOf(container)))
    .flatMap((workload) =>
      [
        ...strategyViolations(rendering, workload),
        ...replicaViolations(rendering, workload),
        ...graceViolations(rendering, workload, programs),
        ...spreadViolations(workload),
        ...migrationViolations(rendering, workload),
      ].map((violation) => `${nameOf(workload)}: ${violation}`),
    );
}

/** Whether a pod uses a volume that only one node may mount. */
export function holdsOneVolume(rendering: Rendering, { spec }: Workload): boolean {
  const claims = ofKind<Claim>(rendering, "PersistentVolumeClaim");
  const held = (spec.template.spec.volumes ?? []).map(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName,
  );
  return claims.some(
    ({ metadata, spec: { accessModes } }) =>
      held.includes(metadata.name) && !accessModes.includes("ReadWriteMany"),
  );
}

function strategyViolations(rendering: Rendering, workload: Workload): string[] {
  const { strategy, replicas } = workload.spec;
  if (holdsOneVolume(rendering, workload)) {
    const violations = [];
    if (strategy?.type !== "Recreate") violations.push("holds a volume of one node: set Recreate");
    if (replicas !== 1) violations.push("holds a volume of one node: one replica");
    return violations;
  }
  return strategy?.rollingUpdate?.maxUnavailable === 0
    ? []
    : ["takes a pod away before the new one is ready: set maxUnavailable: 0"];
}

/**
 * A process that has `REPLICAS_MAX` refuses to start with storage that does not allow that many
 * replicas.
 */
function replicaViolations(rendering: Rendering, workload: Workload): string[] {
  const pods = podsMax(rendering, workload);
  return containersOf(workload).flatMap((container) => {
    const told = plainValues(environmentOf(rendering, container)).get("REPLICAS_MAX");
    return told !== undefined && Number(told) < pods
      ? [
          `REPLICAS_MAX is ${told}, and there may be ${pods} pods: the scaler's most and the rollout's`,
        ]
      : [];
  });
}

function graceViolations(rendering: Rendering, workload: Workload, programs: Programs): string[] {
  const grace = workload.spec.template.spec.terminationGracePeriodSeconds ?? 30;
  return containersOf(workload).flatMap((container) => {
    const program = programs.get(programOf(container) ?? "");
    if (program === undefined) return [];
    const value = secondsReader(program, plainValues(environmentOf(rendering, container)));
    const sleep = Number(container.lifecycle?.preStop?.sleep?.seconds ?? 0);
    const drain = value("DRAIN_TIMEOUT_MS");
    const call = (program.longestCallMs ?? 0) / 1000 || value("RENDER_TIMEOUT_MS");
    const needed = sleep + drain + CLOSE_SECONDS;
    const violations = [];
    if (drain < value("DRAIN_DELAY_MS") + call) {
      violations.push(
        `${container.name}'s DRAIN_TIMEOUT_MS of ${drain} s is shorter than DRAIN_DELAY_MS and its longest call, ${value("DRAIN_DELAY_MS") + call} s`,
      );
    }
    if (grace < needed) {
      violations.push(
        `terminationGracePeriodSeconds of ${grace} is shorter than ${container.name} needs: sleep ${sleep} + drain ${drain} + closing ${CLOSE_SECONDS} = ${needed}`,
      );
    }
    return violations;
  });
}

/**
 * Reads a setting in milliseconds, or its default, as seconds. 0 if the program does not have the
 * setting.
 */
function secondsReader({ settings }: Program, values: ReadonlyMap<string, string>) {
  return (variable: string): number => {
    const fallback = settings.find((setting) => setting.variable === variable)?.fallback?.text;
    return Number(values.get(variable) ?? fallback ?? 0) / 1000;
  };
}

function spreadViolations({ spec }: Workload): string[] {
  return (spec.template.spec.topologySpreadConstraints ?? []).length === 0
    ? ["may have all its pods on one node: spread them (topologySpreadConstraints)"]
    : [];
}

/**
 * An init container migrates the database before the other containers start. Those change no
 * tables.
 */
function migrationViolations(rendering: Rendering, { spec }: Workload): string[] {
  const { containers, initContainers = [] } = spec.template.spec;
  return containers.flatMap((container) => {
    const database = databaseOf(rendering, container);
    if (database === undefined) return [];
    const violations = [];
    const migrator = migratorOf(container);
    const found = initContainers.filter(
      (one) => programOf(one) === migrator && databaseOf(rendering, one) === database,
    );
    if (found.length !== 1) {
      violations.push(
        `${container.name} has ${found.length} init containers ${migrator} of ${database}, not one`,
      );
    } else if (found[0]?.image !== container.image) {
      violations.push(
        `${migrator} is of another version than ${container.name}: take the same image`,
      );
    }
    if (plainValues(environmentOf(rendering, container)).get("MIGRATIONS") !== "await") {
      violations.push(`${container.name} migrates as it starts: set MIGRATIONS=await`);
    }
    return violations;
  });
}
