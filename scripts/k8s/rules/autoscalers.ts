import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { nameOf, ofKind, type Rendering, workloadsOf } from "#k8s/manifest.ts";
import { holdsOneVolume } from "./rollout.ts";

/** While one replica is drained and its replacement starts, two share the load. */
const REPLICAS_MIN = 3;

/**
 * Finds autoscalers without a workload that can be scaled, and workloads that an apply would scale
 * below the autoscaler's minimum.
 */
export function findAutoscalerViolations(rendering: Rendering): string[] {
  return ofKind<IHorizontalPodAutoscaler>(rendering, "HorizontalPodAutoscaler").flatMap((scaler) =>
    violationsOf(rendering, scaler).map((violation) => `${nameOf(scaler)}: ${violation}`),
  );
}

function violationsOf(rendering: Rendering, { spec }: IHorizontalPodAutoscaler): string[] {
  const { kind, name } = spec?.scaleTargetRef ?? {};
  const target = workloadsOf(rendering).find(
    (workload) => workload.kind === kind && workload.metadata.name === name,
  );
  if (target === undefined) return [`there is no ${kind} ${name}`];
  const minimum = spec?.minReplicas ?? 1;
  const violations = [];
  if (holdsOneVolume(rendering, target)) {
    violations.push("its pods hold a volume of one node, and cannot be more than one");
  }
  if (minimum < REPLICAS_MIN) {
    violations.push(`its minimum of ${minimum} is below ${REPLICAS_MIN}: a drain leaves one alone`);
  }
  if (target.spec.replicas !== minimum) {
    violations.push(`set the replicas of ${name} to its minimum: an apply scales to 1 without`);
  }
  return violations;
}
