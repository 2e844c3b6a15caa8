import { findKubectl } from "#k8s/kubectl.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { findSchemaFaults } from "#k8s/schema-faults.ts";
import { renderTargets } from "#k8s/targets.ts";
import { findUnknownFields } from "#k8s/unknown-fields.ts";

/** Renders what can be applied to a cluster, and finds what is wrong with it. */
export async function findManifestFaults(): Promise<string[]> {
  try {
    const renderings = await renderTargets(findKubectl());
    return await findFaultsIn(renderings);
  } catch (error) {
    // What kustomize says, or that there is no kubectl: nothing can be checked then.
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Finds what is wrong with what was rendered; a fault of a base is told once, although each overlay has it. */
export async function findFaultsIn(renderings: readonly Rendering[]): Promise<string[]> {
  const seen = new Set<string>();
  const faults = [];
  for (const rendering of renderings) {
    for (const fault of await faultsOf(rendering)) {
      if (!seen.has(fault)) faults.push(`${rendering.name}: ${fault}`);
      seen.add(fault);
    }
  }
  return [...faults, ...findUnknownFields(renderings)];
}

async function faultsOf(rendering: Rendering): Promise<string[]> {
  return await findSchemaFaults(rendering);
}
