import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { ofKind, type Rendering, type Workload } from "./manifest.ts";

/**
 * The maximum of a workload's pods at one time: the maximum that it is scaled to, plus the surge of
 * a rollout.
 */
export function podsMax(rendering: Rendering, { kind, metadata, spec }: Workload): number {
  const scaler = ofKind<IHorizontalPodAutoscaler>(rendering, "HorizontalPodAutoscaler").find(
    ({ spec: { scaleTargetRef } = {} }) =>
      scaleTargetRef?.kind === kind && scaleTargetRef.name === metadata.name,
  );
  const replicas = scaler?.spec?.maxReplicas ?? spec.replicas ?? 1;
  if (spec.strategy?.type === "Recreate") return replicas;
  const surge = spec.strategy?.rollingUpdate?.maxSurge ?? "25%";
  const early =
    typeof surge === "number" ? surge : Math.ceil((parseInt(surge, 10) / 100) * replicas);
  return replicas + early;
}
