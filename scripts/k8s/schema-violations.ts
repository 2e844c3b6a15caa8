import { type Manifest, nameOf, type Rendering } from "./manifest.ts";
import { schemaModuleOf } from "./schema-module.ts";

/** A class of an official schema, as the packages export it. */
type Model = new (data: Manifest) => { readonly validate: () => void };

/**
 * Finds violations of the official schema of an object's kind: values of the wrong type, and
 * missing fields.
 */
export async function findSchemaViolations({ manifests }: Rendering): Promise<string[]> {
  const violations = await Promise.all(manifests.map(violationsOf));
  return violations.flat();
}

async function violationsOf(manifest: Manifest): Promise<string[]> {
  const module = schemaModuleOf(manifest);
  if (module === undefined) return [];
  const Kind = await loadModel(module, manifest.kind);
  if (Kind === undefined) {
    return [`${nameOf(manifest)}: there is no such kind as ${manifest.apiVersion}`];
  }
  try {
    new Kind(manifest).validate();
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [`${nameOf(manifest)}: breaks the schema of its kind: ${message}`];
  }
}

async function loadModel(module: string, kind: string): Promise<Model | undefined> {
  try {
    return (await import(module))[kind];
  } catch {
    // Whatever the reason, the packages do not have this kind.
    return undefined;
  }
}
