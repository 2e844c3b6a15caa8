import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import type { Manifest, Rendering } from "./manifest.ts";

const MANIFEST_BYTES_MAX = 16 * 1024 * 1024;
const COMBINATIONS = "node_modules/.cache/k8s-combinations";

/** Combinations of folders below k8s/ that no overlay has. */
export interface Combination {
  readonly bases: readonly string[];
  readonly components: readonly string[];
}

/** Renders one folder with `kubectl kustomize`. Throws the message of kustomize. */
export async function renderFolder(kubectl: string, folder: string): Promise<Rendering> {
  const { stdout } = await promisify(execFile)(kubectl, ["kustomize", folder], {
    encoding: "utf8",
    maxBuffer: MANIFEST_BYTES_MAX,
  });
  const manifests = parseAllDocuments(stdout).map((document): Manifest => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS();
  });
  return { name: folder, manifests };
}

/** Renders bases with components, like an overlay that does nothing else. */
export async function renderCombination(
  kubectl: string,
  { bases, components }: Combination,
): Promise<Rendering> {
  const name = [...bases, ...components].join(" + ");
  const folder = join(COMBINATIONS, name.replace(/\W+/g, "-"));
  mkdirSync(folder, { recursive: true });
  const pathOf = (part: string) => relative(folder, join("k8s", part));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace: "triptych",
    resources: bases.map((base) => pathOf(`base/${base}`)),
    components: components.map((component) => pathOf(`components/${component}`)),
  };
  writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
  const { manifests } = await renderFolder(kubectl, folder);
  return { name, manifests };
}
