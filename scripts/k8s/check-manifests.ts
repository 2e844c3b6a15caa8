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
import { findKubectl } from "./kubectl.ts";
import type { Rendering } from "./manifest.ts";
import { loadPrograms, type Programs } from "./programs.ts";
import { findSchemaViolations } from "./schema-violations.ts";
import { findForgottenComponents, renderTargets } from "./targets.ts";
import { findUnknownFields } from "./unknown-fields.ts";

/** Renders what can be applied to a cluster, and finds what is wrong with it. */
export async function findManifestViolations(): Promise<string[]> {
  try {
    const renderings = await renderTargets(findKubectl());
    return [...findForgottenComponents(), ...(await findViolationsIn(renderings))];
  } catch (error) {
    // What kustomize says, or that there is no kubectl: nothing can be checked then.
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Finds what is wrong with what was rendered; a violation of a base is told once, although each
 * overlay has it.
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
  // The rules read what the schemas say is there.
  if (schemaViolations.length > 0) return schemaViolations;
  return [
    ...findPodSecurityViolations(rendering),
    ...findPodViolations(rendering),
    ...findRolloutViolations(rendering, programs),
    ...findSettingViolations(rendering, programs),
    ...findReferenceViolations(rendering),
    ...findCallerViolations(rendering),
    ...findBudgetViolations(rendering, programs),
    ...findPostgresClusterViolations(rendering),
    ...findWayInViolations(rendering),
  ];
}
