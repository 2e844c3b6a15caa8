import { globSync } from "node:fs";
import type { Rendering } from "./manifest.ts";
import { type Combination, renderCombination, renderFolder } from "./render.ts";

const BASES = ["users", "images", "comments", "gateway"];

/**
 * Combinations that are rendered besides each base and each overlay: every component, and
 * components that change the same objects, in either order.
 */
export const COMBINATIONS: readonly Combination[] = [
  { bases: BASES, components: ["postgres-plain", "network-policies", "monitoring"] },
  { bases: BASES, components: ["postgres-plain", "mtls", "autoscaling", "ingress"] },
  {
    bases: BASES,
    components: [
      "postgres-plain",
      "autoscaling",
      "mtls",
      "object-store",
      "object-store/autoscaling",
      "network-policies",
      "network-policies/object-store",
    ],
  },
  { bases: BASES, components: ["object-store", "postgres-cnpg", "mtls"] },
  {
    bases: BASES,
    components: [
      "postgres-cnpg",
      "network-policies",
      "network-policies/postgres-cnpg",
      "monitoring/postgres-cnpg",
      "gateway-api",
    ],
  },
  { bases: ["users"], components: ["mtls", "postgres-cnpg"] },
];

/**
 * Renders all that can be applied, as many at a time as there are processors. Throws the message of
 * kustomize.
 */
export async function renderTargets(kubectl: string): Promise<readonly Rendering[]> {
  const folders = globSync("k8s/{base,overlays}/*/kustomization.yaml").map((path) =>
    path.replace(/\/kustomization\.yaml$/, ""),
  );
  return await Promise.all([
    ...folders.map((folder) => renderFolder(kubectl, folder)),
    ...COMBINATIONS.map((combination) => renderCombination(kubectl, combination)),
  ]);
}

/** Finds components that no combination has: no check would see them. */
export function findForgottenComponents(combinations = COMBINATIONS): string[] {
  const combined = combinations.flatMap(({ components }) => components);
  return globSync("k8s/components/{*,*/*}/kustomization.yaml")
    .map((path) => path.replace(/^k8s\/components\/|\/kustomization\.yaml$/g, ""))
    .filter((name) => !isPartOf(name) && !combined.includes(name))
    .map((name) => `k8s/components/${name}: stands in no combination of scripts/k8s/targets.ts`);
}

/** The folders of one database each, which a component renders. */
function isPartOf(name: string): boolean {
  return /^postgres-(plain|cnpg)\//.test(name);
}
