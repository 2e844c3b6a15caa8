import { globSync } from "node:fs";
import type { Rendering } from "./manifest.ts";
import { type Combination, renderCombination, renderFolder } from "./render.ts";

const BASES = ["users", "images", "comments", "gateway"];

/** What is rendered besides each base by itself and each overlay: every component, and those that touch the same objects. */
const COMBINATIONS: readonly Combination[] = [{ bases: BASES, components: ["postgres-plain"] }];

/** Renders all that can be applied, as many at a time as the machine likes. Throws what kustomize says. */
export async function renderTargets(kubectl: string): Promise<readonly Rendering[]> {
  const folders = globSync("k8s/{base,overlays}/*/kustomization.yaml").map((path) =>
    path.replace(/\/kustomization\.yaml$/, ""),
  );
  return await Promise.all([
    ...folders.map((folder) => renderFolder(kubectl, folder)),
    ...COMBINATIONS.map((combination) => renderCombination(kubectl, combination)),
  ]);
}
