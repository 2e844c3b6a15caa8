import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, nameOf, type Rendering } from "./manifest.ts";
import { schemaModuleOf } from "./schema-module.ts";

/** Within the package that the types are installed for, so that they are found. */
const FOLDER = "scripts/node_modules/.cache/k8s-types";
const COMPILER_OPTIONS = {
  module: "nodenext",
  target: "es2024",
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/**
 * Finds fields that an object's kind does not have. A schema lets them pass, and a cluster drops them: a misspelt probe
 * would be no probe. The compiler knows, since the packages come with types.
 */
export function findUnknownFields(renderings: readonly Rendering[]): string[] {
  const known = renderings.flatMap(({ name, manifests }) =>
    manifests
      .filter((manifest) => schemaModuleOf(manifest) !== undefined)
      .map((manifest) => ({ label: `${name}: ${nameOf(manifest)}`, manifest })),
  );
  const unique = [
    ...new Map(known.map((entry) => [JSON.stringify(entry.manifest), entry])).values(),
  ];
  const lines = unique.map(({ manifest }, index) => declarationOf(manifest, index));
  return compile(lines).map(({ line, message }) => `${unique[line]?.label}: ${message}`);
}

function declarationOf(manifest: Manifest, index: number): string {
  const type = `import(${JSON.stringify(schemaModuleOf(manifest))}).I${manifest.kind}`;
  return `export const object${index}: ${type} = ${JSON.stringify(manifest)};`;
}

function compile(lines: readonly string[]): { line: number; message: string }[] {
  // Of its own, since a check and its tests may run at the same time.
  const folder = join(FOLDER, String(process.pid));
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, "manifests.ts"), `${lines.join("\n")}\n`);
    const project = { compilerOptions: COMPILER_OPTIONS, files: ["manifests.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    return runCompiler(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runCompiler(folder: string): { line: number; message: string }[] {
  const { status, stdout, error } = spawnSync("tsc", ["--project", folder, "--pretty", "false"], {
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  const faults = [...stdout.matchAll(/^\S*manifests\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)].map(
    ([, line = "", message = ""]) => ({ line: Number(line) - 1, message }),
  );
  if (status !== 0 && faults.length === 0) throw new Error(`tsc did not run: ${stdout}`);
  return faults;
}
