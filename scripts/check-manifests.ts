import { findKubectl } from "#k8s/kubectl.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { loadPrograms, type Programs } from "#k8s/programs.ts";
import { findAutoscalerViolations } from "#k8s/rules/autoscalers.ts";
import { findCallerViolations, findWiringViolations } from "#k8s/rules/callers.ts";
import { findBudgetViolations } from "#k8s/rules/connection-budget.ts";
import { findMetricViolations, loadMetrics } from "#k8s/rules/metric-names.ts";
import { findPodSecurityViolations } from "#k8s/rules/pod-security.ts";
import { findPodViolations } from "#k8s/rules/pods.ts";
import { findPostgresClusterViolations } from "#k8s/rules/postgres-clusters.ts";
import { findReferenceViolations } from "#k8s/rules/references.ts";
import { findRolloutViolations } from "#k8s/rules/rollout.ts";
import { findSettingViolations } from "#k8s/rules/settings.ts";
import { findWayInViolations } from "#k8s/rules/ways-in.ts";
import { findSchemaViolations } from "#k8s/schema-violations.ts";
import { findForgottenComponents, renderTargets } from "#k8s/targets.ts";
import { findUnknownFields } from "#k8s/unknown-fields.ts";

/** Renders everything that can be applied to a cluster, and finds violations in it. */
export async function findManifestViolations(): Promise<string[]> {
  try {
    const renderings = await renderTargets(findKubectl());
    return [...findForgottenComponents(), ...(await findViolationsIn(renderings))];
  } catch (error) {
    // The message of kustomize, or that there is no kubectl: nothing can be checked then.
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Finds violations in renderings. A violation of a base is reported once, although each overlay
 * contains it.
 */
export async function findViolationsIn(renderings: readonly Rendering[]): Promise<string[]> {
  const programs = await loadPrograms();
  const metrics = await loadMetrics();
  const seen = new Set<string>();
  const violations = [];
  for (const rendering of renderings) {
    const found = await violationsOf(rendering, programs);
    for (const violation of [...found, ...findMetricViolations(rendering, metrics)]) {
      if (!seen.has(violation)) violations.push(`${rendering.name}: ${violation}`);
      seen.add(violation);
    }
  }
  return [...violations, ...findWiringViolations(programs), ...findUnknownFields(renderings)];
}

async function violationsOf(rendering: Rendering, programs: Programs): Promise<string[]> {
  const schemaViolations = await findSchemaViolations(rendering);
  // The rules rely on the fields that the schemas require.
  if (schemaViolations.length > 0) return schemaViolations;
  return [
    ...findPodSecurityViolations(rendering),
    ...findPodViolations(rendering),
    ...findRolloutViolations(rendering, programs),
    ...findSettingViolations(rendering, programs),
    ...findReferenceViolations(rendering),
    ...findAutoscalerViolations(rendering),
    ...findCallerViolations(rendering),
    ...findBudgetViolations(rendering, programs),
    ...findPostgresClusterViolations(rendering),
    ...findWayInViolations(rendering),
  ];
}
