import { findCallerFaults, findWiringFaults } from "#k8s/rules/callers.ts";
import { findBudgetFaults } from "#k8s/rules/connection-budget.ts";
import { findMetricFaults, loadMetrics } from "#k8s/rules/metric-names.ts";
import { findPodSecurityFaults } from "#k8s/rules/pod-security.ts";
import { findPodFaults } from "#k8s/rules/pods.ts";
import { findPostgresClusterFaults } from "#k8s/rules/postgres-clusters.ts";
import { findReferenceFaults } from "#k8s/rules/references.ts";
import { findRolloutFaults } from "#k8s/rules/rollout.ts";
import { findSettingFaults } from "#k8s/rules/settings.ts";
import { findWayInFaults } from "#k8s/rules/ways-in.ts";
import { findKubectl } from "./kubectl.ts";
import type { Rendering } from "./manifest.ts";
import { loadPrograms, type Programs } from "./programs.ts";
import { findSchemaFaults } from "./schema-faults.ts";
import { findForgottenComponents, renderTargets } from "./targets.ts";
import { findUnknownFields } from "./unknown-fields.ts";

/** Renders what can be applied to a cluster, and finds what is wrong with it. */
export async function findManifestFaults(): Promise<string[]> {
  try {
    const renderings = await renderTargets(findKubectl());
    return [...findForgottenComponents(), ...(await findFaultsIn(renderings))];
  } catch (error) {
    // What kustomize says, or that there is no kubectl: nothing can be checked then.
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Finds what is wrong with what was rendered; a fault of a base is told once, although each overlay
 * has it.
 */
export async function findFaultsIn(renderings: readonly Rendering[]): Promise<string[]> {
  const programs = await loadPrograms();
  const metrics = await loadMetrics();
  const seen = new Set<string>();
  const faults = [];
  for (const rendering of renderings) {
    const found = await faultsOf(rendering, programs);
    for (const fault of [...found, ...findMetricFaults(rendering, metrics)]) {
      if (!seen.has(fault)) faults.push(`${rendering.name}: ${fault}`);
      seen.add(fault);
    }
  }
  return [...faults, ...findWiringFaults(programs), ...findUnknownFields(renderings)];
}

async function faultsOf(rendering: Rendering, programs: Programs): Promise<string[]> {
  const schemaFaults = await findSchemaFaults(rendering);
  // The rules read what the schemas say is there.
  if (schemaFaults.length > 0) return schemaFaults;
  return [
    ...findPodSecurityFaults(rendering),
    ...findPodFaults(rendering),
    ...findRolloutFaults(rendering, programs),
    ...findSettingFaults(rendering, programs),
    ...findReferenceFaults(rendering),
    ...findCallerFaults(rendering),
    ...findBudgetFaults(rendering, programs),
    ...findPostgresClusterFaults(rendering),
    ...findWayInFaults(rendering),
  ];
}
