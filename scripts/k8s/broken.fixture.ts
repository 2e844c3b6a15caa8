import { findKubectl } from "#k8s/kubectl.ts";
import type { Manifest, Rendering } from "#k8s/manifest.ts";
import { loadPrograms, type Programs } from "#k8s/programs.ts";
import { renderFolder } from "#k8s/render.ts";

/** Renders the overlay with the most components. */
export async function renderProduction(): Promise<Rendering> {
  return await renderFolder(findKubectl(), "k8s/overlays/production");
}

/** Renders the overlay whose databases and files are in the cluster. */
export async function renderLocal(): Promise<Rendering> {
  return await renderFolder(findKubectl(), "k8s/overlays/local");
}

/** The rendering that most rules are tested with. */
export interface Samples {
  readonly local: Rendering;
  readonly production: Rendering;
  readonly programs: Programs;
}

/** Renders both overlays, and reads the programs. */
export async function loadSamples(): Promise<Samples> {
  const [local, production, programs] = await Promise.all([
    renderLocal(),
    renderProduction(),
    loadPrograms(),
  ]);
  return { local, production, programs };
}

/**
 * A copy of a rendering, with one object changed: the first whose name begins so. If that ends with
 * a hyphen, nothing but a hash may follow. Throws if there is no such object.
 */
export function broken<T extends object>(
  rendering: Rendering,
  path: `${string}/${string}`,
  change: (object: T & Manifest) => void,
): Rendering {
  const copy = structuredClone(rendering);
  const [kind, name = ""] = path.split("/");
  const isNamed = (full: string) =>
    full.startsWith(name) && !(name.endsWith("-") && full.slice(name.length).includes("-"));
  const found = copy.manifests.find(
    (manifest) => manifest.kind === kind && isNamed(manifest.metadata.name),
  );
  if (found === undefined) throw new Error(`nothing is rendered as ${path}`);
  change(found as T & Manifest);
  return copy;
}

/** A copy of a rendering, without one object. */
export function without({ name, manifests }: Rendering, path: `${string}/${string}`): Rendering {
  const left = manifests.filter(({ kind, metadata }) => `${kind}/${metadata.name}` !== path);
  if (left.length === manifests.length) throw new Error(`nothing is rendered as ${path}`);
  return { name, manifests: left };
}
